import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { createDigitalOceanBalancer } from '../../../src/balancers/digitalocean/digitalocean.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { startDigitalOcean, type FakeDigitalOcean } from '../../fakes/digitalocean/digitalocean.ts'
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
        busyMs: 30,
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

  it('a load balancer that takes a tag’s droplets cannot be given one, and says what to do', async () => {
    const { balancer } = await connect('web')
    await assert.rejects(balancer.add(URLS[0]), { code: 'balancerFailed', message: /tagged "web".*named droplets/ })
  })

  it('a member without a droplet is refused when it joins, and fine when it leaves', async () => {
    const { balancer } = await connect()
    await assert.rejects(balancer.add('http://10.9.9.9:80'), { code: 'balancerFailed', retryable: false })
    await balancer.remove('http://10.9.9.9:80')
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
