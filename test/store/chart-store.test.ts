import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { ChartSpec } from '../../src/core/model/chart.ts'
import { keys } from '../../src/store/keys.ts'
import { createChartStore } from '../../src/store/chart-store.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'

const spec: ChartSpec = {
  title: 'CPU of pool web',
  subtitle: 'mean',
  stat: 'cpu',
  unit: 'fraction',
  fromAt: 0,
  toAt: 60_000,
  lines: [{ label: 'mean', at: [0, 30_000, 60_000], value: [0.5, null, 0.9] }],
  counts: null,
  target: 0.6,
  events: [{ at: 30_000, label: '+1', direction: 'out' }],
}

const WEB = { id: 'web', tenant: null }

describe('the chart store', () => {
  let server: TestRedis
  let redis: Redis
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())

  it('gives back a chart and its reference by id, gaps and all', async () => {
    const store = createChartStore(redis)
    const reference = { id: 'web.why-1', title: 'CPU', alt: 'CPU, now 90 %' }
    await store.save(WEB, reference, spec)
    assert.deepEqual(await store.load('web.why-1'), spec)
    assert.deepEqual(await store.reference('web.why-1'), reference)
  })

  it('gives a chart to its pool’s team alone, also once the pool is gone, and of one kept before by whose pool it is', async () => {
    const store = createChartStore(redis)
    const reference = { id: 'shop.why-1', title: '', alt: '' }
    await store.save({ id: 'shop', tenant: 'slack:T2' }, reference, spec)
    assert.deepEqual(await store.loadFor('slack:T2', 'shop.why-1'), spec)
    for (const tenant of [null, 'slack:T3', '']) assert.equal(await store.loadFor(tenant, 'shop.why-1'), null)
    await redis.set(keys.charts('old', 'old.why-1'), JSON.stringify({ reference, spec }))
    assert.equal(await store.loadFor(null, 'old.why-1'), null)
    await redis.hset(keys.state('old'), 'pool', JSON.stringify({ id: 'old' }))
    assert.deepEqual(await store.loadFor(null, 'old.why-1'), spec)
    assert.equal(await store.loadFor('slack:T2', 'old.why-1'), null)
  })

  it('knows nothing of other ids, and forgets in a month', async () => {
    const store = createChartStore(redis)
    for (const id of ['web.other', 'other.why-1', 'web', '', 'web.why-1:state', '../web.why-1']) {
      assert.equal(await store.load(id), null)
      assert.equal(await store.reference(id), null)
    }
    await store.save(WEB, { id: 'web.old', title: '', alt: '' }, spec)
    const [key] = await redis.keys('*web.old')
    const days = (await redis.ttl(key!)) / 86_400
    assert.ok(days > 29 && days <= 30, String(days))
  })
})
