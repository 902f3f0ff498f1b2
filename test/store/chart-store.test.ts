import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { ChartSpec } from '../../src/core/model/chart.ts'
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
    await store.save('web', reference, spec)
    assert.deepEqual(await store.load('web.why-1'), spec)
    assert.deepEqual(await store.reference('web.why-1'), reference)
  })

  it('knows nothing of other ids, and forgets in a month', async () => {
    const store = createChartStore(redis)
    for (const id of ['web.other', 'other.why-1', 'web', '', 'web.why-1:state', '../web.why-1']) {
      assert.equal(await store.load(id), null)
      assert.equal(await store.reference(id), null)
    }
    await store.save('web', { id: 'web.old', title: '', alt: '' }, spec)
    const [key] = await redis.keys('*web.old')
    const days = (await redis.ttl(key!)) / 86_400
    assert.ok(days > 29 && days <= 30, String(days))
  })
})
