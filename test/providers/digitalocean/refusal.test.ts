import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { ProviderRefusal, RefusalKind } from '../../../src/core/model/refusal.ts'
import { waitNamedBy } from '../../../src/providers/digitalocean/refusal.ts'
import { createDigitalOceanBalancer } from '../../../src/balancers/digitalocean/digitalocean.ts'
import { createLoadBalancer } from '../../../src/providers/digitalocean/load-balancer.ts'
import { createRecord } from '../../balancers/record.ts'
import type { ArmedFault } from '../../../src/demo/cloud/api/faults.ts'
import { until } from '../../wait.ts'
import { openAccount, type TestAccount } from './account.ts'
import { anyNumber } from '../../permit.ts'

describe('DigitalOcean’s words', () => {
  const said: Readonly<Record<RefusalKind, readonly string[]>> = {
    soldOut: [
      'Size is not available in this region.',
      'Region is not available',
      'The selected size is currently unavailable in nyc3.',
      'Due to limited availability we have temporarily disabled droplet creation in this region.',
      'We are out of capacity in this region, please try another one.',
      'This plan is sold out.',
      'Droplet creation is currently restricted in nyc1.',
      'There are not enough resources for this Droplet.',
      'Droplet creation has been disabled in this region',
      'Region "nyc1" is disabled',
      'This datacenter is closed for new Droplets.',
      'The requested Droplet size has limited stock.',
    ],
    limit: [
      'creating this/these droplet(s) will exceed your droplet limit',
      'You have reached the maximum number of droplets for your account.',
      'Your account has reached its limit of 10 Droplets.',
      'You can only have 10 Droplets. To raise it, open a support ticket.',
    ],
    quota: ['GPU quota exceeded', 'You have reached the limit of reserved IPs.', 'This will exceed your vCPU limit.'],
    account: [
      'Your account is locked. Please contact support.',
      'Size This size is currently restricted please send an additional payment to unlock.',
      'Please update your billing information.',
      'Please verify your identity to create more.',
      'Credit card declined',
      'Your team is locked.',
      'Your trial credit has been used up.',
      'This size requires a support ticket to be enabled.',
    ],
    maintenance: [
      'Droplet creation is temporarily disabled.',
      'This service is undergoing scheduled maintenance.',
      'Snapshots are currently unavailable.',
      'Droplet create is disabled due to an ongoing incident.',
    ],
    busy: [
      'There are currently blocking events.',
      'Droplet already has a pending event.',
      "Load Balancer can't be updated while it processes previous actions",
      'Another action is in progress on this Droplet.',
      'The droplet is locked.',
      'The snapshot is currently being transferred',
      'Image is being used by another event',
      'Droplet already has a snapshot in progress',
      'Load balancer is being provisioned',
      'Backups are being taken for this Droplet',
      'Droplet is not yet active',
      'Droplet cannot be created while the image is pending',
    ],
    rate: [],
  }

  for (const [kind, texts] of Object.entries(said)) {
    for (const text of texts) it(`“${text}” is a wait: ${kind}`, () => assert.equal(waitNamedBy(text), kind))
  }

  for (const text of [
    'You specified an invalid size for Droplet creation.',
    'You specified an invalid image for Droplet creation.',
    'The image you specified is not available in the selected region, you can transfer it to this region from the images pages.',
    'This size is not available because it has a smaller disk.',
    'You are not authorized to perform this operation',
    'Insufficient permissions: your token is restricted.',
    'User data cannot exceed 64KB.',
    'User data exceeds the limit of 64 KiB.',
    'The name exceeds the limit of 255 characters.',
    'The VPC is not in the same region as the Droplet.',
    'Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)',
    '',
  ]) {
    it(`“${text}” is none: waiting does not help`, () => assert.equal(waitNamedBy(text), null))
  }
})

describe('a clone that DigitalOcean does not make for now', () => {
  let account: TestAccount
  before(async () => {
    account = await openAccount()
    await account.cloud.state.addSnapshot(account.origin.id, 'spinup-golden')
  })
  after(() => account.stop())
  afterEach(() => {
    account.cloud.faults.clear()
    for (const size of account.cloud.state.sizes.values()) size.soldOutIn.clear()
  })

  let turn = 0
  const refused = async (): Promise<{ readonly error: SpinupError; readonly refusal: ProviderRefusal }> => {
    const request = {
      name: 'web-2',
      snapshotId: `${account.originId}:spinup-golden`,
      operationTag: `spinup-op:${(turn += 1)}`,
      tags: ['spinup'],
      userData: '{}',
    }
    const error: unknown = await account
      .provider()
      .create(request, anyNumber)
      .then(
        () => null,
        (thrown: unknown) => thrown,
      )
    assert.ok(error instanceof SpinupError, String(error))
    assert.equal(error.code, 'providerRefused', error.message)
    assert.ok(error.retryable)
    assert.ok(error.refusal)
    return { error, refusal: error.refusal }
  }
  const sellOut = (slug: string, ...regions: readonly string[]): void => {
    for (const region of regions) account.cloud.state.sizes.get(slug)?.soldOutIn.add(region)
  }

  it('because its size is sold out names sizes that are there and hold the snapshot, nearest first', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    sellOut('s-1vcpu-1gb-amd', 'nyc3')
    const { error, refusal } = await refused()
    assert.equal(refusal.kind, 'soldOut')
    assert.equal(refusal.words, 'Size is not available in this region.')
    const slugs = refusal.instead?.sizes.map(({ slug }) => slug) ?? []
    assert.equal(slugs[0], 's-1vcpu-1gb-intel')
    assert.ok(!slugs.includes('s-1vcpu-512mb-10gb'), 'its disk of 10 GB does not hold a snapshot of 25 GB')
    assert.ok(!slugs.includes('s-1vcpu-1gb-amd'), 'sold out, too')
    assert.match(error.message, /In nyc3 there is s-1vcpu-1gb-intel \(1 vCPU, 1 GB, \$0\.0104\/h\)/)
  })

  it('names other regions only where the snapshot is', async () => {
    const image = [...account.cloud.state.images.values()].find((one) => one.name === 'spinup-golden')
    image?.regions.push('fra1', 'ams3')
    sellOut('s-1vcpu-1gb', 'nyc3', 'ams3')
    const { error, refusal } = await refused()
    assert.deepEqual(refusal.instead?.regions, ['fra1'])
    assert.match(error.message, /s-1vcpu-1gb and the snapshot are in fra1, too/)
  })

  it('because its whole region is closed', async () => {
    const region = account.cloud.state.regions.get('nyc3')
    assert.ok(region)
    region.available = false
    try {
      const { refusal } = await refused()
      assert.equal(refusal.kind, 'soldOut')
      assert.deepEqual(refusal.instead?.sizes, [], 'there is nothing there')
    } finally {
      region.available = true
    }
  })

  it('because the account may have no more droplets says how many it may have', async () => {
    const { account: told, droplets } = account.cloud.state
    const limit = told.dropletLimit
    told.dropletLimit = droplets.size
    try {
      const { error, refusal } = await refused()
      assert.equal(refusal.kind, 'limit')
      assert.equal(refusal.instead?.dropletLimit, droplets.size)
      assert.match(error.message, /exceed your droplet limit.*\/spinup policy max/)
    } finally {
      told.dropletLimit = limit
    }
  })

  it('is refused all the same where the token may not see what there is instead', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    account.cloud.faults.add({ kind: 'serverError', match: { operation: 'sizes_list' }, times: Infinity })
    assert.equal((await refused()).refusal.instead, null)
  })

  it('because of maintenance, also where that is said with a 503, is looked for and not there', async () => {
    for (const status of [422, 503]) {
      const looks = account.count('droplets_list')
      account.cloud.faults.add({
        kind: 'refuse',
        status,
        message: 'The API is down for scheduled maintenance.',
        match: { operation: 'droplets_create' },
      })
      assert.equal((await refused()).refusal.kind, 'maintenance')
      assert.equal(account.count('droplets_list') > looks + 1, status === 503, 'a 5xx may hide a droplet')
    }
  })

  it('because of another action, a payment or too many requests is told apart by kind', async () => {
    const cases = [
      [422, 'There are currently blocking events.', 'busy'],
      [423, 'Locked', 'busy'],
      [409, 'Conflict', 'busy'],
      [402, 'Not now.', 'account'],
      [403, 'Your account is locked.', 'account'],
    ] as const
    for (const [status, message, kind] of cases) {
      account.cloud.faults.add({ kind: 'refuse', status, message, match: { operation: 'droplets_create' } })
      const { refusal } = await refused()
      assert.equal(refusal.kind, kind, message)
      assert.equal(refusal.words, message)
    }
    account.cloud.faults.add({ kind: 'rateLimited', retryAfterSeconds: 600, match: { operation: 'droplets_create' } })
    const { error, refusal } = await refused()
    assert.equal(refusal.kind, 'rate')
    assert.equal(error.retryAfterMs, 600_000)
  })
})

describe('what is under way at DigitalOcean', () => {
  let account: TestAccount
  before(async () => {
    account = await openAccount()
  })
  after(() => account.stop())
  afterEach(() => account.cloud.faults.clear())

  const BLOCKED = [
    'There are currently blocking events.',
    'Droplet already has a pending event.',
    'The droplet is locked.',
  ]
  const blocked = (operation: string): readonly ArmedFault[] =>
    BLOCKED.map((message) =>
      account.cloud.faults.add({ kind: 'refuse', status: 422, message, match: { operation }, times: 1 }),
    )
  const all = (faults: readonly ArmedFault[]): boolean => faults.every((fault) => fault.hits() === 1)

  it('is waited for when a clone is deleted', async () => {
    const clone = account.cloud.state.addDroplet({ name: 'web-2', tags: ['spinup'] })
    const faults = blocked('droplets_destroy')
    await account.provider().destroy(String(clone.id))
    assert.ok(all(faults) && !account.cloud.state.droplets.has(clone.id))
  })

  it('is waited for when a droplet is switched off and on', async () => {
    const droplet = account.cloud.state.addDroplet({ name: 'web-3' })
    for (const to of ['off', 'on'] as const) {
      const faults = blocked('dropletActions_post')
      await account.provider().power(String(droplet.id), to)
      assert.ok(all(faults), to)
      await until(() => account.cloud.state.droplets.get(droplet.id)?.status === (to === 'on' ? 'active' : 'off'))
    }
  })

  it('is waited for when a droplet joins and leaves its load balancer', async () => {
    const { id } = account.cloud.state.addBalancer({ name: 'front' })
    const balancer = account.cloud.state.balancers.get(id)
    await until(() => balancer?.status === 'active')
    const hooks = createDigitalOceanBalancer({
      client: createLoadBalancer({ ...account.options(), loadBalancerId: id }),
      dropletOf: async () => account.origin.id,
      urlOf: async () => 'http://10.0.0.4:80',
      record: createRecord(),
      isHealthy: async () => true,
      busyMs: 5,
    })
    let faults = blocked('loadBalancers_add_droplets')
    await hooks.add('http://10.0.0.4:80')
    assert.ok(all(faults))
    assert.deepEqual(balancer?.dropletIds, [account.origin.id])
    faults = blocked('loadBalancers_remove_droplets')
    await hooks.drain('http://10.0.0.4:80')
    assert.ok(all(faults))
    assert.deepEqual(balancer?.dropletIds, [])
  })

  it('makes a snapshot a matter of trying again', async () => {
    blocked('dropletActions_post')
    await assert.rejects(account.provider().snapshot(account.originId, 'spinup-x'), {
      code: 'providerRefused',
      retryable: true,
    })
  })
})
