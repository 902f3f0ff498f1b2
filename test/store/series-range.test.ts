import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { Stats } from '../../src/core/model/sample.ts'
import { DAY, GAP_MS, HOUR, MINUTE, SECOND } from '../../src/store/series/layout.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { about, entry, steady, T } from './series-samples.ts'

/** Over six hours, with a spike each minute: every bucket's mean, min and max are known. */
const ramp = (at: number): Stats => ({ cpu: at % MINUTE === 0 ? 1 : ((at - T) / (6 * HOUR)) * 0.5 })

describe('a range of the series store', () => {
  let server: TestRedis
  let redis: Redis
  let store: SeriesStore
  let now = T
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await redis.flushall()
    now = T
    store = createSeriesStore(redis, { log: quiet, now: () => now })
  })

  it('is a member’s own samples where they are few enough', async () => {
    await store.append(steady('web-1', T, T + MINUTE, (at) => ({ cpu: (at - T) / (2 * MINUTE) })))
    now = T + MINUTE
    const chart = await store.range('shop', 'web-1', 'cpu', T, T + MINUTE, 300)
    assert.equal(chart.at.length, 60)
    about(chart.value[29], 0.25)
    assert.deepEqual(chart.at[29], T + 30 * SECOND)
  })

  it('is the mean, min and max of at most maxPoints buckets, from whichever roll-up fits the span', async () => {
    for (let from = T; from < T + 6 * HOUR; from += HOUR) {
      now = from
      await store.append(steady('web-1', from, from + HOUR, ramp, 10 * SECOND))
    }
    now = T + 6 * HOUR
    for (const memberId of ['web-1', null]) {
      for (const [span, maxPoints] of [
        [HOUR, 300],
        [2 * HOUR, 100],
        [6 * HOUR, 300],
        [6 * HOUR, 24],
        [6 * HOUR, 7],
      ] as const) {
        const chart = await store.range('shop', memberId, 'cpu', now - span, now, maxPoints)
        assert.ok(chart.at.length <= maxPoints, `${chart.at.length} of ${maxPoints}`)
        assert.ok(
          chart.at.length >= Math.min(maxPoints, span / (10 * SECOND)) / 2.5,
          `only ${chart.at.length} of ${maxPoints}`,
        )
        for (const [index, at] of chart.at.entries()) {
          const value = chart.value[index]
          const level = ((at - T) / (6 * HOUR)) * 0.5
          const width = span / maxPoints
          assert.ok(value !== null && value !== undefined, 'no gaps')
          if (width >= 2 * MINUTE) {
            // Every sixth sample is the spike.
            about(value, (level * 5 + 1) / 6, 0.02)
            about(chart.max[index], 1)
            about(chart.min[index], level, (width / (6 * HOUR)) * 0.5)
          }
          assert.ok(chart.min[index]! <= value && value <= chart.max[index]!)
        }
      }
    }
  })

  it('shows a silence as null, and the spacing of samples as none', async () => {
    await store.append(steady('web-1', T, T + 5 * MINUTE, () => ({ cpu: 0.5 }), 10 * SECOND))
    await store.append(steady('web-1', T + 15 * MINUTE, T + 20 * MINUTE, () => ({ cpu: 0.5 }), 10 * SECOND))
    now = T + 20 * MINUTE
    for (const [memberId, maxPoints] of [
      ['web-1', 600],
      ['web-1', 100],
      [null, 100],
      [null, 20],
    ] as const) {
      const chart = await store.range('shop', memberId, 'cpu', T, now, maxPoints)
      assert.ok(chart.at.length <= maxPoints)
      for (const [index, at] of chart.at.entries()) {
        const silent = at > T + 5 * MINUTE + GAP_MS && at < T + 15 * MINUTE - GAP_MS
        const heard = at < T + 5 * MINUTE - GAP_MS || at > T + 15 * MINUTE + GAP_MS
        if (silent) assert.equal(chart.value[index], null)
        if (heard) about(chart.value[index], 0.5)
        assert.equal(Number.isNaN(chart.min[index]), chart.value[index] === null)
      }
      assert.ok(chart.value.includes(null), `a gap with ${maxPoints}`)
    }
  })

  it('weighs a quiet member that reports every ten seconds like a busy one that does every second', async () => {
    await store.append(steady('busy', T, T + 10 * MINUTE, () => ({ cpu: 0.9 })))
    await store.append(steady('quiet', T, T + 10 * MINUTE, () => ({ cpu: 0.1 }), 10 * SECOND))
    now = T + 10 * MINUTE
    const chart = await store.range('shop', null, 'cpu', T, now, 20)
    for (const value of chart.value) about(value, 0.5, 1e-5)
    for (const min of chart.min) about(min, 0.1)
    for (const max of chart.max) about(max, 0.9)
  })

  it('keeps the part of members that were forgotten in the pool’s mean', async () => {
    await store.append(steady('web-1', T, T + 10 * MINUTE, () => ({ cpu: 0.8 })))
    await store.append(steady('web-2', T, T + 5 * MINUTE, () => ({ cpu: 0.2 })))
    now = T + 10 * MINUTE
    const before = await store.range('shop', null, 'cpu', T, now, 20)
    await store.forget('shop', 'web-2')
    assert.deepEqual(await store.range('shop', null, 'cpu', T, now, 20), before)
    assert.deepEqual((await store.range('shop', 'web-2', 'cpu', T, now, 300)).at, [])
    for (const [index, at] of before.at.entries()) about(before.value[index], at < T + 5 * MINUTE ? 0.5 : 0.8, 1e-5)
    assert.deepEqual(await redis.keys('*web-2*'), [])
    assert.deepEqual((await store.latest('shop', ['web-2']))['web-2'], null)
  })

  it('tells what the members did together, and how many they were, as fine as it is still known', async () => {
    const day = 4 * DAY
    for (let from = T; from < T + day; from += DAY) {
      now = from
      await store.append(steady('web-1', from, from + DAY, () => ({ cpu: 0.8 }), MINUTE))
    }
    await store.append(steady('web-2', T + day - HOUR, T + day, () => ({ cpu: 0.2 }), 10 * SECOND))
    now = T + day
    const found = await store.together('shop', 'cpu', T, now)
    const steps = [...new Set(found.map((one) => one.toAt - one.fromAt))]
    assert.deepEqual(steps, [15 * MINUTE, MINUTE, 5 * SECOND])
    assert.deepEqual([found[0]?.fromAt, found.at(-1)?.toAt], [T, now])
    for (const [index, one] of found.entries()) {
      if (index > 0) assert.equal(one.fromAt, found[index - 1]?.toAt, 'neither a hole nor an overlap')
      const alone = one.toAt <= T + day - HOUR
      about(one.members, alone ? 1 : 2, 1e-4)
      about(one.mean, alone ? 0.8 : 0.5, 1e-4)
    }
    const part = await store.together('shop', 'cpu', now - 10 * MINUTE, now - 7 * SECOND)
    assert.deepEqual([part[0]?.fromAt, part.at(-1)?.toAt], [now - 10 * MINUTE, now - 10 * SECOND])
    assert.deepEqual(await store.together('shop', 'nothing', T, now), [])
  })

  it('remembers five weeks', async () => {
    for (let day = 0; day < 36; day += 1) {
      now = T + day * DAY
      await store.append(steady('web-1', now, now + 20 * MINUTE, () => ({ cpu: day / 100 }), MINUTE))
    }
    now = T + 35 * DAY + 20 * MINUTE
    const chart = await store.range('shop', null, 'cpu', T, now, 300)
    const values = chart.value.filter((value) => value !== null)
    about(values[0], 0)
    about(values.at(-1), 0.35)
    assert.ok(values.length >= 36, `${values.length}`)
  })

  it('reads several stats at once as it reads each, and says how wide its buckets are', async () => {
    now = T + 10 * MINUTE
    await store.append(steady('web-1', T, now, (at) => ({ cpu: (at - T) / HOUR, queue: 3 }), SECOND))
    const stats = ['queue', 'nothing', 'cpu']
    for (const [member, points, stepMs] of [
      [null, 20, 30 * SECOND],
      ['web-1', 20, 30 * SECOND],
      ['web-1', 300, 2 * SECOND],
      ['web-1', 4000, 0],
    ] as const) {
      const all = await store.ranges('shop', member, stats, T, now, points)
      for (const [index, stat] of stats.entries()) {
        const { stepMs: own, ...rest } = all[index] ?? assert.fail()
        assert.deepEqual(rest, await store.range('shop', member, stat, T, now, points))
        if (stat !== 'nothing') assert.equal(own, stepMs, `${member} ${points}`)
      }
    }
  })

  it('is empty where nothing was reported, of a stat nobody knows, and in an empty pool', async () => {
    await store.append([entry('web-1', T, { cpu: 1 })])
    now = T + MINUTE
    const empty = { at: [], value: [], min: [], max: [] }
    assert.deepEqual(await store.range('shop', null, 'nothing', T, now, 100), empty)
    assert.deepEqual(await store.range('shop', 'web-2', 'cpu', T, now, 100), empty)
    assert.deepEqual(await store.range('blog', null, 'cpu', T - HOUR, now, 100), empty)
  })
})
