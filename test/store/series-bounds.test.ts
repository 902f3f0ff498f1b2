import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { Stats } from '../../src/core/model/sample.ts'
import { HOUR, MINUTE, MOST_ROWS, SECOND } from '../../src/store/series/layout.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { entry, T } from './series-samples.ts'

const WIDE: Stats = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`s${index}`, index]))

describe('the work that one member can make', () => {
  let server: TestRedis
  let redis: Redis
  let other: Redis
  let store: SeriesStore
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    other = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await redis.flushall()
    store = createSeriesStore(redis, { now: () => T + HOUR })
  })
  const times = async (): Promise<readonly number[]> =>
    ((await store.window('shop', ['m'], ['s0'], T, T + HOUR))['m']?.['s0'] ?? []).map(({ at }) => at - T)

  it('is no more for samples that come newest first: nobody else waits for Redis meanwhile', async () => {
    // Redis does one thing at a time, so what it works on one report is what others wait; its own CPU, on whatever machine.
    const worked = async (): Promise<number> => {
      const used = [...(await other.info('cpu')).matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)]
      return used.reduce((sum, [, seconds]) => sum + Number(seconds), 0)
    }
    let longest = 0
    for (let report = 7; report >= 0; report--) {
      const batch = Array.from({ length: 600 }, (_, index) => entry('m', T + (report * 600 + 600 - index) * 250, WIDE))
      const before = await worked()
      await store.append(batch)
      longest = Math.max(longest, (await worked()) - before)
    }
    assert.equal((await times()).length, 4800)
    assert.ok(longest < 1.5, `a report took ${longest.toFixed(2)} s of Redis`)
  })

  it('keeps samples in order however they come: backwards, mixed, again, between others', async () => {
    const at = (offset: number) => entry('m', T + offset, { s0: offset })
    await store.append([at(5000), at(9000)])
    await store.append([at(1000), at(7000), at(6000), at(9000), at(12_000), at(11_000)])
    await store.append([at(500), at(5000), at(5500), at(11_500), at(13_000), at(13_000)])
    assert.deepEqual(await times(), [500, 1000, 5000, 5500, 6000, 7000, 9000, 11_000, 11_500, 12_000, 13_000])
  })

  it('is bounded by an hour’s samples: what is more is left out', async () => {
    const many = Array.from({ length: MOST_ROWS + 600 }, (_, index) => entry('m', T + index * 100, { s0: 1 }, 200))
    for (let start = 0; start < many.length; start += 4000) await store.append(many.slice(start, start + 4000))
    assert.equal((await times()).length, MOST_ROWS)
    await store.append([entry('m', T + 50, { s0: 1 }), entry('m', T + HOUR - 1, { s0: 1 })])
    assert.equal((await times()).length, MOST_ROWS)
  })

  it('does not grow with the time that its samples are said to cover', async () => {
    const begun = performance.now()
    const batch = Array.from({ length: 600 }, (_, index) => entry('m', T + 30 * MINUTE + index, WIDE, HOUR))
    await store.append(batch)
    assert.ok(performance.now() - begun < 3000, `${Math.round(performance.now() - begun)} ms`)
    const [figures] = [await store.figures('shop', 'm', 's1', T, T + HOUR)]
    assert.equal(figures?.mean, 1)
  })

  it('is as before for an agent that reports as it should', async () => {
    const batch = Array.from({ length: 600 }, (_, index) => entry('m', T + (index + 1) * SECOND, { s0: index % 7 }))
    for (let start = 0; start < 600; start += 10) await store.append(batch.slice(start, start + 10))
    assert.equal((await times()).length, 600)
  })
})
