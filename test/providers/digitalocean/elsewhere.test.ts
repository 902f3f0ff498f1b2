import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { DigitalOceanSettings } from '../../../src/providers/digitalocean/digitalocean.ts'
import type { Droplet, Instead } from '../../../src/providers/provider.ts'
import { upTo } from '../../permit.ts'
import { openAccount, QUICK, type TestAccount } from './account.ts'

const PUBLIC: DigitalOceanSettings = { address: { network: 'public', port: 80 } }

describe('a clone whose size or region is refused, where the team allows others', () => {
  let account: TestAccount
  let turn = 0
  before(async () => {
    account = await openAccount({ dropletLimit: 100 })
    const image = await account.cloud.state.addSnapshot(account.origin.id, 'spinup-golden')
    image.regions.push('fra1')
  })
  after(() => account.stop())
  afterEach(() => {
    account.cloud.faults.clear()
    for (const size of account.cloud.state.sizes.values()) size.soldOutIn.clear()
    for (const { id, tags } of account.cloud.state.droplets.values()) {
      if (tags.includes('spinup')) account.cloud.state.deleteByHand(id)
    }
  })

  const sellOut = (slug: string, ...regions: readonly string[]): void => {
    for (const region of regions) account.cloud.state.sizes.get(slug)?.soldOutIn.add(region)
  }
  const clone = async (
    instead: Partial<Instead>,
    settings = PUBLIC,
    tag = `spinup-op:${(turn += 1)}`,
  ): Promise<Droplet> =>
    account.provider({ settings, timing: { ...QUICK, deadlineMs: 1000 } }).create(
      {
        name: 'web-2',
        snapshotId: `${account.originId}:spinup-golden`,
        operationTag: tag,
        tags: ['spinup', 'spinup-pool:web'],
        userData: '{}',
        instead: { sizes: [], regions: [], pays: () => true, ...instead },
      },
      upTo(3),
    )
  const refusal = async (instead: Partial<Instead>, settings = PUBLIC): Promise<SpinupError> => {
    const thrown: unknown = await clone(instead, settings).then(
      () => null,
      (error: unknown) => error,
    )
    assert.ok(thrown instanceof SpinupError, String(thrown))
    return thrown
  }
  const made = (): readonly (readonly [size: string, region: string])[] =>
    [...account.cloud.state.droplets.values()]
      .filter(({ tags }) => tags.includes('spinup'))
      .map(({ sizeSlug, regionSlug }) => [sizeSlug, regionSlug])

  it('is the first of the sizes that is given, and says as what and what it costs', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    sellOut('s-2vcpu-4gb', 'nyc3')
    const droplet = await clone({ sizes: ['s-2vcpu-4gb', 's-2vcpu-2gb', 's-1vcpu-2gb'] })
    assert.deepEqual(made(), [['s-2vcpu-2gb', 'nyc3']])
    assert.equal(droplet.dollarsPerHour, 18 / 672)
    assert.equal(droplet.instead, 'made as s-2vcpu-2gb (2 vCPU, 2 GB, $0.0268/h) instead of s-1vcpu-1gb')
  })

  it('is the usual as long as that is given, whatever else is allowed', async () => {
    const droplet = await clone({ sizes: ['s-2vcpu-2gb'], regions: ['fra1'] })
    assert.deepEqual([made(), droplet.instead], [[['s-1vcpu-1gb', 'nyc3']], undefined])
  })

  it('is made in another region, outside the origin’s network, where no size is left in its own', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    sellOut('s-1vcpu-2gb', 'nyc3')
    const droplet = await clone({ sizes: ['s-1vcpu-2gb'], regions: ['fra1'] })
    assert.deepEqual(made(), [['s-1vcpu-1gb', 'fra1']])
    assert.equal(droplet.instead, 'made in fra1 instead of nyc3')
  })

  it('stays in its region where the balancer reaches no other, and where the snapshot is in no other', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    const inside = await refusal({ regions: ['fra1'] }, { address: { network: 'private', port: 80 } })
    assert.match(inside.message, /Nor as the policy allows: s-1vcpu-1gb in fra1 would be unreachable for the balancer/)
    const hooked = await refusal({ regions: ['fra1'] }, { ...PUBLIC, oneRegion: true })
    assert.match(hooked.message, /unreachable for the balancer/)
    const without = await refusal({ regions: ['ams3'] })
    assert.match(without.message, /s-1vcpu-1gb cannot be made in ams3, where the snapshot is not/)
    assert.deepEqual(made(), [])
  })

  it('is none that the cost limits do not pay for, nor one too small for the snapshot', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    const sizes = ['s-2vcpu-4gb', 's-1vcpu-512mb-10gb', 'made-up']
    const error = await refusal({ sizes, pays: (dollars) => dollars < 0.03 })
    assert.equal(error.code, 'providerRefused')
    assert.match(error.message, /s-2vcpu-4gb at \$0\.0357\/h is over the cost limits/)
    assert.match(error.message, /s-1vcpu-512mb-10gb has a disk of 10 GB, and 25 GB are needed; made-up is not known/)
    assert.deepEqual(made(), [])
    assert.equal(account.count('droplets_create') > 0, true)
  })

  it('is refused with every word there was where nothing is given', async () => {
    const words = 'Size is not available in this region.'
    account.cloud.faults.add({
      kind: 'refuse',
      status: 422,
      message: words,
      times: Infinity,
      match: { operation: 'droplets_create' },
    })
    const before = account.count('droplets_create')
    const error = await refusal({ sizes: ['s-1vcpu-2gb', 's-2vcpu-2gb'] })
    assert.match(error.message, /s-1vcpu-2gb in nyc3: Size is not available in this region; s-2vcpu-2gb in nyc3: Size/)
    assert.equal(account.count('droplets_create') - before, 3, 'each is asked for once')
  })

  it('is not ordered as something else when it may have been made', async () => {
    account.cloud.faults.add({ kind: 'lateListing', ms: 60_000, match: { step: 'create' } })
    account.cloud.faults.add({ kind: 'loseAnswer', match: { operation: 'droplets_create' } })
    const before = account.count('droplets_create')
    const error = await refusal({ sizes: ['s-2vcpu-2gb'] })
    assert.equal(error.code, 'providerFailed')
    assert.equal(account.count('droplets_create') - before, 1)
    assert.deepEqual(made(), [['s-1vcpu-1gb', 'nyc3']])
  })

  it('is not ordered a third time when the second try may have been made', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    account.cloud.faults.add({ kind: 'lateListing', ms: 60_000, match: { step: 'create' }, skip: 1 })
    account.cloud.faults.add({ kind: 'loseAnswer', match: { operation: 'droplets_create' }, skip: 1 })
    const error = await refusal({ sizes: ['s-2vcpu-2gb', 's-2vcpu-4gb'] })
    assert.equal(error.code, 'providerFailed')
    assert.deepEqual(made(), [['s-2vcpu-2gb', 'nyc3']])
  })

  it('is not looked for where something is wrong with what was asked, or the account is full', async () => {
    for (const message of ['You specified an invalid image for Droplet creation.', 'will exceed your droplet limit']) {
      account.cloud.faults.add({ kind: 'refuse', status: 422, message, match: { operation: 'droplets_create' } })
      const before = account.count('droplets_create')
      await refusal({ sizes: ['s-2vcpu-2gb'] })
      assert.equal(account.count('droplets_create') - before, 1, message)
    }
  })

  it('is found again by a bot that takes it up, and told as what it is', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    const first = await clone({ sizes: ['s-2vcpu-2gb'] }, PUBLIC, 'spinup-op:again')
    account.cloud.state.sizes.get('s-1vcpu-1gb')?.soldOutIn.clear()
    const second = await clone({ sizes: ['s-2vcpu-2gb'] }, PUBLIC, 'spinup-op:again')
    assert.deepEqual([second.id, second.instead], [first.id, first.instead])
    assert.equal(made().length, 1)
  })

  it('is nothing special where its origin was resized since it was ordered', async () => {
    const first = await clone({ sizes: ['s-2vcpu-4gb'] }, PUBLIC, 'spinup-op:resized')
    account.origin.sizeSlug = 's-2vcpu-2gb'
    const second = await clone({ sizes: ['s-2vcpu-4gb'] }, PUBLIC, 'spinup-op:resized')
    account.origin.sizeSlug = 's-1vcpu-1gb'
    assert.deepEqual([second.id, second.instead], [first.id, undefined])
  })

  it('is left to another bot that has gone on while the usual was asked for', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    let asked = 0
    const bound = { tag: 'spinup-pool:web', most: 3, known: [], coming: [] }
    const request = {
      name: 'web-2',
      snapshotId: `${account.originId}:spinup-golden`,
      operationTag: 'spinup-op:overtaken',
      tags: ['spinup', 'spinup-pool:web'],
      userData: '{}',
      instead: { sizes: ['s-2vcpu-2gb'], regions: [], pays: () => true },
    }
    // Before it looks, and before it orders the usual.
    const attempt = account
      .provider({ settings: PUBLIC })
      .create(request, async () => ((asked += 1) <= 2 ? bound : null))
    await assert.rejects(attempt, { code: 'conflict' })
    assert.equal(asked, 3)
    assert.deepEqual(made(), [])
  })

  it('never makes one more than the account may hold with the pool’s tag', async () => {
    sellOut('s-1vcpu-1gb', 'nyc3')
    for (let count = 0; count < 3; count++) await clone({ sizes: ['s-2vcpu-2gb'] })
    const error = await refusal({ sizes: ['s-2vcpu-2gb'] })
    assert.equal(error.code, 'limited')
    assert.equal(made().length, 3)
  })
})
