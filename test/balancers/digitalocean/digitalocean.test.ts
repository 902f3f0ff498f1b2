import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createDigitalOceanBalancer } from '../../../src/balancers/digitalocean/digitalocean.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../../src/demo/cloud/api/digitalocean.ts'
import { until } from '../../wait.ts'
import { createRecord } from '../record.ts'
import { createClient } from './rig.ts'

const BUSY_MS = 150
const URLS = ['http://10.0.0.4:80', 'http://10.0.0.5:80'] as const

describe("DigitalOcean's load balancer", () => {
  let cloud: FakeDigitalOcean
  let droplets: ReadonlyMap<string, number>
  let now: number
  let record = createRecord()
  const connect = async (tag?: string) => {
    const { id } = cloud.state.addBalancer({ name: 'front', ...(tag === undefined ? {} : { tag }) })
    const client = createClient(cloud.url, cloud.token, id, 50_000)
    await until(async () => (await client.get()).active, { what: 'the load balancer to be active' })
    const create = () =>
      createDigitalOceanBalancer({
        client,
        dropletOf: (url) => Promise.resolve(droplets.get(url) ?? null),
        urlOf: (id) => Promise.resolve([...droplets].find(([, known]) => known === id)?.[0] ?? null),
        record,
        isHealthy: () => Promise.resolve(true),
        settleMs: 60_000,
        busyMs: 100,
        healthFreshMs: 0,
        now: () => now,
      })
    return { id, create, balancer: create() }
  }

  beforeEach(async () => {
    record = createRecord()
    now = Date.now()
    cloud = await startDigitalOcean({ timings: { balancerBusyMs: BUSY_MS } })
    droplets = new Map(URLS.map((url, at) => [url, cloud.state.addDroplet({ name: `web-${at}` }).id]))
  })
  afterEach(() => cloud.stop())

  it('waits while the load balancer is busy with an earlier change', async () => {
    const { id, balancer } = await connect()
    await balancer.add(URLS[0])
    await balancer.add(URLS[1])
    assert.deepEqual(cloud.state.balancers.get(id)?.dropletIds, [...droplets.values()])
    assert.ok(cloud.log.length > 4, 'the second was refused at least once')
  })

  it('a member is healthy when the load balancer’s own checks say so', async () => {
    const { balancer } = await connect()
    cloud.state.setHealthy(droplets.get(URLS[0])!, false)
    await balancer.add(URLS[0])
    const state = async () => (await balancer.list())[0]?.state
    assert.equal(await state(), 'unhealthy')
    cloud.state.setHealthy(droplets.get(URLS[0])!, true)
    await until(async () => (await state()) === 'healthy', { what: 'its checks to pass' })
  })

  it('a draining member is off at once, and counts as busy until it has settled, also for a restarted bot', async () => {
    const { id, balancer, create } = await connect()
    await balancer.add(URLS[0])
    await balancer.drain(URLS[0])
    assert.deepEqual(cloud.state.balancers.get(id)?.dropletIds, [])
    const states = async () => (await create().list()).map(({ state, inFlight }) => [state, inFlight])
    now += 59_000
    assert.deepEqual(await states(), [['draining', 1]])
    await create().drain(URLS[0])
    now += 1000
    assert.deepEqual(await states(), [['draining', 0]])
    await create().remove(URLS[0])
    assert.deepEqual(await states(), [])
  })

  it('a draining member’s time begins when it is off, however long that was refused', async () => {
    const { id, balancer } = await connect()
    await balancer.add(URLS[0])
    const client = createClient(cloud.url, cloud.token, id, 50_000)
    let down = true
    const shaky = createDigitalOceanBalancer({
      client: {
        ...client,
        removeDroplets: (ids) =>
          down ? Promise.reject(new SpinupError('providerFailed', '503')) : client.removeDroplets(ids),
      },
      dropletOf: (url) => Promise.resolve(droplets.get(url) ?? null),
      urlOf: (droplet) => Promise.resolve([...droplets].find(([, known]) => known === droplet)?.[0] ?? null),
      record,
      isHealthy: () => Promise.resolve(true),
      settleMs: 60_000,
      busyMs: 100,
      healthFreshMs: 0,
      now: () => now,
    })
    const states = async () => (await shaky.list()).map(({ state, inFlight }) => [state, inFlight])
    await assert.rejects(shaky.drain(URLS[0]), { code: 'balancerFailed' })
    assert.notEqual((await states())[0]?.[0], 'draining', 'it gets traffic still')
    now += 300_000
    down = false
    await shaky.drain(URLS[0])
    assert.deepEqual(await states(), [['draining', 1]])
    now += 60_000
    assert.deepEqual(await states(), [['draining', 0]])
  })

  it('a load balancer that takes a tag’s droplets cannot be given one, and says what to do', async () => {
    const { balancer } = await connect('web')
    const words = { code: 'balancerFailed', retryable: false, message: /tagged "web".*named droplets/ }
    await assert.rejects(balancer.add(URLS[0]), words)
    await balancer.drain(URLS[0])
    await balancer.remove(URLS[0])
    assert.match((await balancer.obstacle?.()) ?? '', /tagged "web".*named droplets/)
  })

  it('a load balancer that is set to a tag later says so of who joins and of who leaves', async () => {
    const { id, balancer } = await connect()
    await balancer.add(URLS[0])
    assert.equal(await balancer.obstacle?.(), null)
    const balancerNow = cloud.state.balancers.get(id)!
    const tagged = cloud.state.addDroplet({ name: 'web-tagged', tags: ['web'] })
    Object.assign(balancerNow, { tag: 'web', dropletIds: [] })
    droplets = new Map([...droplets, ['http://10.0.0.6:80', tagged.id]])
    const words = { code: 'balancerFailed', retryable: false, message: /tagged "web".*named droplets/ }
    await assert.rejects(balancer.add(URLS[1]), words)
    await assert.rejects(balancer.drain('http://10.0.0.6:80'), words, 'one that it has by the tag')
    await balancer.add('http://10.0.0.6:80')
    await balancer.drain(URLS[0])
    await balancer.remove(URLS[0])
    assert.deepEqual(
      (await balancer.list()).map(({ url }) => url),
      ['http://10.0.0.6:80'],
      'it is in by its tag, and one without the tag is gone from it',
    )
  })

  it('a member without a droplet is refused when it joins, and fine when it leaves', async () => {
    const { balancer } = await connect()
    await assert.rejects(balancer.add('http://10.9.9.9:80'), { code: 'balancerFailed', retryable: false })
    await balancer.remove('http://10.9.9.9:80')
  })

  it('a change that was made though its answer was lost, or by somebody else, is no failure', async () => {
    const { id } = await connect()
    const client = createClient(cloud.url, cloud.token, id, 50_000)
    const lost = async (work: Promise<void>) => {
      await work
      throw new SpinupError('providerFailed', 'DigitalOcean did not do it: there is none of that id in the account.')
    }
    const settle = () => until(() => (cloud.state.balancers.get(id)?.busyUntil ?? 0) <= Date.now())
    const options = {
      dropletOf: (url: string) => Promise.resolve(droplets.get(url) ?? null),
      urlOf: () => Promise.resolve(null),
      record,
      isHealthy: () => Promise.resolve(true),
    }
    const balancer = createDigitalOceanBalancer({
      ...options,
      client: {
        ...client,
        addDroplets: (ids) => lost(client.addDroplets(ids)),
        removeDroplets: (ids) => lost(client.removeDroplets(ids)),
      },
    })
    await balancer.add(URLS[0])
    assert.deepEqual(cloud.state.balancers.get(id)?.dropletIds, [droplets.get(URLS[0])])
    await settle()
    await balancer.drain(URLS[0])
    assert.deepEqual(cloud.state.balancers.get(id)?.dropletIds, [])
    await settle()
    const refusing = createDigitalOceanBalancer({
      ...options,
      client: { ...client, addDroplets: () => lost(Promise.resolve()) },
    })
    await assert.rejects(refusing.add(URLS[0]), { code: 'balancerFailed', message: /none of that id/ })
  })

  it('goes by what is there now when it changes something: another bot may have been here', async () => {
    const { id } = await connect()
    const client = createClient(cloud.url, cloud.token, id, 50_000)
    const before = await client.get()
    await client.addDroplets([droplets.get(URLS[0])!])
    const balancer = createDigitalOceanBalancer({
      client: { ...client, get: async (fresh) => (fresh === 'fresh' ? client.get() : before) },
      dropletOf: (url) => Promise.resolve(droplets.get(url) ?? null),
      urlOf: () => Promise.resolve(null),
      record,
      isHealthy: () => Promise.resolve(true),
      busyMs: 100,
    })
    await balancer.drain(URLS[0])
    assert.deepEqual(cloud.state.balancers.get(id)?.dropletIds, [])
  })

  it('is not blamed for Spinup’s own Redis', async () => {
    const gone = new SpinupError('storeFailed', 'Redis does not answer, so requests are held back.')
    const { id } = cloud.state.addBalancer({ name: 'front' })
    const client = { ...createClient(cloud.url, cloud.token, id, 50_000), get: () => Promise.reject(gone) }
    const balancer = createDigitalOceanBalancer({
      client,
      dropletOf: () => Promise.resolve(1),
      urlOf: () => Promise.resolve(null),
      record,
      isHealthy: () => Promise.resolve(true),
    })
    await assert.rejects(balancer.list(), gone)
    await assert.rejects(balancer.add(URLS[0]), gone)
  })
})
