import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { Stats } from '../../src/core/model/sample.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/store/series/layout.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import type { SeriesEntry } from '../../src/store/series/batch.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { about, steady, T } from './series-samples.ts'

/** A quiet CPU that is full for one sample in ten minutes, at an odd second. */
const spiky = (at: number): Stats => ({
  cpu: at % (10 * MINUTE) === 170 * SECOND ? 1 : 0.1 + ((at / SECOND) % 60) / 300,
})

describe('a stat’s figures in the series store', () => {
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

  /** Stores samples as they come, the clock going with them, and gives the raw values within the range. */
  const keep = async (entries: readonly SeriesEntry[], fromAt: number): Promise<readonly number[]> => {
    // What comes later than half an hour after its hour is dropped.
    const parts = Map.groupBy(entries, ({ sample }) => Math.floor(sample.at / (20 * MINUTE))).values()
    for (const part of parts) {
      now = part.at(-1)?.sample.at ?? now
      await store.append(part)
    }
    return entries.filter(({ sample }) => sample.at > fromAt).map(({ sample }) => sample.stats['cpu'] ?? Number.NaN)
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0)

  it('has the highest and lowest single sample and the mean of all, however long ago and in whichever roll-up', async () => {
    for (const [span, periodMs] of [
      [HOUR, SECOND],
      [6 * HOUR, 5 * SECOND],
      [2 * DAY, 10 * SECOND],
      [30 * DAY, 10 * MINUTE + 10 * SECOND],
    ] as const) {
      await redis.flushall()
      const raw = await keep(
        steady(
          'web-1',
          T,
          T + span,
          (at) => (span === 30 * DAY ? { cpu: at < T + DAY ? 1 : 0.2 } : spiky(at)),
          periodMs,
        ),
        T,
      )
      for (const memberId of ['web-1', null]) {
        const figures = await store.figures('shop', memberId, 'cpu', now - span, now)
        about(figures?.max, Math.max(...raw), 1e-3)
        about(figures?.min, Math.min(...raw), 1e-3)
        about(figures?.mean, mean(raw), 0.01)
      }
    }
  })

  it('is of all members together, those since deleted included', async () => {
    await keep(
      steady('web-1', T, T + 10 * MINUTE, () => ({ cpu: 0.2 })),
      T,
    )
    now = T
    await keep(
      steady('web-2', T, T + 10 * MINUTE, (at) => ({ cpu: at === T + 303 * SECOND ? 0.9 : 0.4 })),
      T,
    )
    await store.forget('shop', 'web-2')
    const figures = await store.figures('shop', null, 'cpu', T, now)
    about(figures?.max, 0.9)
    about(figures?.min, 0.2)
    about(figures?.mean, 0.3, 0.001)
    assert.ok(Math.abs((figures?.maxAt ?? 0) - (T + 303 * SECOND)) <= 5 * SECOND)
  })

  it('says what its p95 is of: single samples of a member’s hour, else the finest means there are', async () => {
    const entries = steady('web-1', T, T + HOUR, (at) => ({ cpu: ((at / SECOND) % 100) / 100 }))
    const raw = (await keep(entries, T)).toSorted((a, b) => a - b)
    const own = await store.figures('shop', 'web-1', 'cpu', T, now)
    about(own?.p95, raw[Math.ceil(raw.length * 0.95) - 1] ?? 0, 1e-3)
    assert.equal(own?.p95OfMs, null)
    const pool = await store.figures('shop', null, 'cpu', T, now)
    assert.equal(pool?.p95OfMs, 5 * SECOND)
    const means = Array.from({ length: 720 }, (_, index) =>
      mean(entries.slice(index * 5, index * 5 + 5).map(({ sample }) => sample.stats['cpu'] ?? 0)),
    )
    about(pool?.p95, means.toSorted((a, b) => a - b)[Math.ceil(720 * 0.95) - 1] ?? 0, 1e-3)
    now = T + 3 * DAY
    assert.equal((await store.figures('shop', 'web-1', 'cpu', T, now))?.p95OfMs, MINUTE)
    now = T + 30 * DAY
    assert.equal((await store.figures('shop', null, 'cpu', T, now))?.p95OfMs, 15 * MINUTE)
  })

  it('tells nothing of what was before the range', async () => {
    await keep(
      steady('web-1', T, T + 10 * MINUTE, (at) => ({ cpu: at === T + 302 * SECOND ? 1 : 0.3 })),
      T,
    )
    for (const memberId of ['web-1', null]) {
      about((await store.figures('shop', memberId, 'cpu', T + 303 * SECOND, now))?.max, 0.3)
      about((await store.figures('shop', memberId, 'cpu', T + 299 * SECOND, now))?.max, 1)
    }
  })

  it('is nothing where nothing was reported', async () => {
    assert.equal(await store.figures('shop', null, 'cpu', T, T + HOUR), null)
    await keep(
      steady('web-1', T, T + MINUTE, () => ({ cpu: 0.3 })),
      T,
    )
    assert.equal(await store.figures('shop', null, 'queue', T, now), null)
    assert.equal(await store.figures('shop', 'web-1', 'queue', T, now), null)
    now = T + 2 * HOUR
    assert.equal(await store.figures('shop', 'web-1', 'cpu', T + HOUR, now), null)
  })
})
