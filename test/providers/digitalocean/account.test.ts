import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  createDigitalOceanAccount,
  type DigitalOceanAccount,
} from '../../../src/providers/digitalocean/cloud-account.ts'
import { costOfLife, monthly } from '../../../src/core/model/billing.ts'
import { LEAST_BILL } from '../../../src/providers/digitalocean/sizes.ts'
import { createMemoryLimiter } from '../../../src/accounts/credential.ts'
import { openAccount, type TestAccount } from './account.ts'

describe('choosing from an account', () => {
  let account: TestAccount
  let choices: DigitalOceanAccount
  let now = Date.now()
  before(async () => {
    account = await openAccount()
    choices = createDigitalOceanAccount(account.options({ now: () => now }))
    const { state } = account.cloud
    state.addDroplet({ name: 'old-web', tags: ['shop'] })
    state.addDroplet({ name: 'web-shop', region: 'fra1', size: 's-2vcpu-4gb' })
    for (let index = 0; index < 240; index++) state.addDroplet({ name: `batch-${index}` })
  })
  after(() => account.stop())

  it('droplets are found as one types, those whose name begins so first', async () => {
    const names = async (text: string) => (await choices.searchDroplets(text)).map((choice) => choice.name)
    assert.deepEqual(await names('WEB'), ['web', 'web-shop', 'old-web'])
    assert.deepEqual(await names('web fra1'), ['web-shop'])
    assert.deepEqual(await names('shop'), ['old-web', 'web-shop'])
    assert.deepEqual(await names('batch-239'), ['batch-239'], 'on the second page')
    assert.deepEqual(await names('nothing'), [])
    assert.equal((await names('')).length, 243)
    const lists = account.count('droplets_list')
    await names('w')
    assert.equal(account.count('droplets_list'), lists, 'typing does not ask for each letter')
    now += 60_000
    await names('w')
    assert.ok(account.count('droplets_list') > lists, 'but after a while')
  })

  it('a droplet shows region, size and price', async () => {
    const [choice] = await choices.searchDroplets('web-shop')
    assert.equal(choice?.region, 'fra1')
    assert.equal(choice?.size, 's-2vcpu-4gb')
    assert.equal(choice?.about, '2 vCPU, 4 GB')
    assert.ok((choice?.dollarsPerHour ?? 0) > 0 && (choice?.dollarsPerMonth ?? 0) > 1)
    assert.match(choice?.publicIp ?? '', /^[\d.]+$/)
  })

  it('load balancers show where they send what, and to whom', async () => {
    const { state } = account.cloud
    state.addBalancer({ name: 'front', dropletIds: [account.origin.id] })
    state.addBalancer({ name: 'by-tag', tag: 'shop' })
    const [byTag, front] = await choices.loadBalancers()
    assert.equal(front?.name, 'front')
    assert.deepEqual(front?.dropletIds, [account.originId])
    assert.deepEqual(front?.rules, ['http 80 → http 80'])
    assert.equal(front?.targetPort, 80)
    assert.equal(front?.healthPath, '/')
    assert.equal(front?.tag, null)
    assert.equal(byTag?.tag, 'shop')
  })

  it('SSH keys are there by name', async () => {
    const key = account.cloud.state.addKey('ops laptop')
    assert.deepEqual(await choices.sshKeys(), [
      { id: String(key.id), name: 'ops laptop', fingerprint: key.fingerprint },
    ])
  })

  it('sizes come cheapest first, and are asked for once a minute', async () => {
    const sizes = await choices.sizes()
    const prices = sizes.map((size) => size.dollarsPerHour)
    // What six of them cost a month is six times what one does, to the cent.
    for (const { dollarsPerHour, dollarsPerMonth } of sizes.filter((one) => one.dollarsPerMonth !== null)) {
      assert.equal((monthly(dollarsPerHour ?? 0) * 6).toFixed(2), (dollarsPerMonth! * 6).toFixed(2))
    }
    assert.deepEqual(
      prices,
      prices.toSorted((a, b) => a - b),
    )
    const asked = account.count('sizes_list')
    await choices.sizes()
    assert.equal(account.count('sizes_list'), asked)
    now += 60_001
    await choices.sizes()
    assert.equal(account.count('sizes_list'), asked + 1)
  })
})

describe('what a droplet costs', () => {
  it('is by the second, a minute or a cent at least', () => {
    const costOf = (seconds: number, dollarsPerHour: number): number =>
      costOfLife(seconds * 1000, dollarsPerHour, LEAST_BILL)
    assert.equal(costOf(3600, 0.03571), 0.03571)
    assert.equal(costOf(1800, 0.5), 0.25)
    assert.equal(costOf(10, 6), 0.1, 'a minute at least')
    assert.equal(costOf(61, 0.006), 0.01, 'a cent at least')
    assert.equal(costOf(0, 0.5), 0, 'one that never was is free')
  })
})

describe('a limiter of this process', () => {
  it('lets as many through as fit each window, tells the wait, and holds', async () => {
    let now = 1_000_000
    const limiter = createMemoryLimiter(
      [
        { limit: 2, ms: 100 },
        { limit: 3, ms: 1000 },
      ],
      () => now,
    )
    assert.equal(await limiter.take(), 0)
    now += 10
    assert.equal(await limiter.take(), 0)
    assert.equal(await limiter.take(), 90)
    now += 90
    assert.equal(await limiter.take(), 0)
    assert.equal(await limiter.take(), 900, 'the longer window')
    now += 900
    await limiter.hold(50)
    assert.equal(await limiter.take(), 50)
    now += 50
    assert.equal(await limiter.take(), 0)
  })
})
