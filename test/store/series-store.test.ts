import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { SpinupError } from '../../src/core/model/error.ts'
import { connectRedis } from '../../src/store/connection.ts'
import { SEALED_RELATIVE_ERROR } from '../../src/store/series/chunk.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/store/series/layout.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import { quiet, startTestRedis, written, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { about, entry, steady, T, wave } from './series-samples.ts'

describe('the series store', () => {
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
  const cpuOf = async (memberId: string, fromAt: number, toAt: number) =>
    (await store.window('shop', [memberId], ['cpu'], fromAt, toAt))[memberId]?.['cpu'] ?? []
  const sealedHours = () => redis.keys('*:raw:*')
  const hotHours = () => redis.keys('*:hot:*')

  describe('window', () => {
    it('gives back exactly the samples between two instants, at any spacing', async () => {
      const at = [0, 1_003, 1_990, 3_500, 12_000, 12_001, 30_000].map((offset) => T + offset)
      await store.append(at.map((instant, index) => entry('web-1', instant, { cpu: index / 8, 'team.queue': index })))
      assert.deepEqual(
        await cpuOf('web-1', T + 1_003, T + 12_001),
        [1, 2, 3, 4, 5].map((index) => ({ at: at[index], value: index / 8 })),
      )
      assert.deepEqual(await cpuOf('web-1', T + 1_004, T + 1_005), [])
      const both = await store.window('shop', ['web-1', 'web-2'], ['team.queue', 'nothing'], T, T + 1_500)
      assert.deepEqual(both, {
        'web-1': {
          'team.queue': [
            { at: T, value: 0 },
            { at: T + 1_003, value: 1 },
          ],
          nothing: [],
        },
        'web-2': { 'team.queue': [], nothing: [] },
      })
    })

    it('reaches over the hour', async () => {
      const samples = steady('web-1', T + HOUR - 5_000, T + HOUR + 5_000, (at) => ({ cpu: (at - T) / HOUR }))
      await store.append(samples)
      assert.deepEqual(
        (await cpuOf('web-1', T + HOUR - 3_000, T + HOUR + 3_000)).map((point) => point.at - T - HOUR),
        [-3_000, -2_000, -1_000, 0, 1_000, 2_000, 3_000],
      )
    })

    it('keeps pools apart', async () => {
      await store.append([
        { ...entry('web-1', T, { cpu: 0.25 }), poolId: 'shop' },
        { ...entry('web-1', T, { cpu: 0.75 }), poolId: 'blog' },
      ])
      assert.deepEqual(await cpuOf('web-1', T, T), [{ at: T, value: 0.25 }])
      assert.deepEqual((await store.latest('blog', ['web-1']))['web-1']?.stats, { cpu: 0.75 })
    })

    it('leaves out what no series can hold, and the stat a sample lacks', async () => {
      await store.append([
        entry('web-1', T + 1, { cpu: Number.NaN, memory: 0.5 }),
        entry('web-1', T + 2, { cpu: 1e300, memory: 0.5 }),
        entry('web-1', T + 3, { cpu: 0.5, 'bad name\n': 1 }),
      ])
      const points = await store.window('shop', ['web-1'], ['cpu', 'memory'], T, T + 10)
      assert.deepEqual(points['web-1'], {
        cpu: [{ at: T + 3, value: 0.5 }],
        memory: [
          { at: T + 1, value: 0.5 },
          { at: T + 2, value: 0.5 },
        ],
      })
      assert.deepEqual(await store.statNames('shop', 'web-1'), ['cpu', 'memory'])
    })
  })

  describe('append', () => {
    it('changes nothing when a sample comes again, alone or in another batch', async () => {
      const samples = steady('web-1', T, T + 2 * MINUTE, (at) => ({ cpu: (at % 7) / 8 }))
      await store.append(samples)
      const points = await cpuOf('web-1', T, T + HOUR)
      const chart = await store.range('shop', null, 'cpu', T, T + 2 * MINUTE, 10)
      await store.append(samples)
      await store.append(samples.slice(30, 31))
      assert.deepEqual(await cpuOf('web-1', T, T + HOUR), points)
      assert.deepEqual(await store.range('shop', null, 'cpu', T, T + 2 * MINUTE, 10), chart)
    })

    it('puts samples that come out of order in their place', async () => {
      const samples = steady('web-1', T, T + MINUTE, (at) => ({ cpu: (at - T) / (2 * MINUTE) }))
      const shuffled = [
        ...samples.filter((_, index) => index % 3 === 0),
        ...samples.filter((_, index) => index % 3 === 2),
      ]
      for (const sample of [...shuffled, ...samples]) await store.append([sample])
      const points = await cpuOf('web-1', T, T + HOUR)
      assert.deepEqual(
        points.map((point) => point.at),
        samples.map(({ sample }) => sample.at),
      )
      for (const point of points) about(point.value, (point.at - T) / (2 * MINUTE))
    })

    it('takes new stats at any time, up to the most a member may have', async () => {
      await store.append(steady('web-1', T, T + 5_000, () => ({ cpu: 0.5 })))
      await store.append([entry('web-1', T + 6_000, { cpu: 0.25, queue: 7 })])
      await store.append([entry('web-1', T + 7_000, { rps: 3 })])
      const points = (await store.window('shop', ['web-1'], ['cpu', 'queue', 'rps'], T, T + HOUR))['web-1']!
      assert.deepEqual(
        points['cpu']!.map((point) => point.value),
        [0.5, 0.5, 0.5, 0.5, 0.5, 0.25],
      )
      assert.deepEqual(points['queue'], [{ at: T + 6_000, value: 7 }])
      assert.deepEqual(points['rps'], [{ at: T + 7_000, value: 3 }])
      assert.deepEqual(await store.statNames('shop'), ['cpu', 'queue', 'rps'])
      const chart = await store.range('shop', null, 'cpu', T, T + MINUTE, 2)
      about(chart.min[0], 0.25)
      about(chart.max[0], 0.5)

      const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`stat${index}`, index]))
      await store.append([entry('web-1', T + 8_000, many)])
      assert.equal((await store.statNames('shop', 'web-1')).length, 64)
    })

    it('keeps every sample when several bots append the same and different ones at once', async () => {
      const bots = await Promise.all(
        [1, 2, 3].map(async () => createSeriesStore(await server.connect(), { log: quiet, now: () => now })),
      )
      const samples = ['web-1', 'web-2'].flatMap((id) => steady(id, T, T + 100 * SECOND, () => ({ cpu: 0.5, [id]: 1 })))
      await Promise.all(
        bots.flatMap((bot, place) =>
          Array.from({ length: 20 }, (_, turn) =>
            bot.append(samples.filter((_, index) => index % 20 === turn || index % 3 === place)),
          ),
        ),
      )
      for (const id of ['web-1', 'web-2']) {
        assert.equal((await cpuOf(id, T, T + HOUR)).length, 100)
        const points = await store.window('shop', [id], [id], T, T + HOUR)
        assert.equal(points[id]?.[id]?.length, 100)
      }
      const chart = await store.range('shop', null, 'cpu', T, T + 2 * MINUTE, 10)
      for (const value of chart.value) about(value, 0.5)
    })

    it('takes nothing apart from an empty batch', async () => {
      await store.append([])
      assert.equal(await redis.dbsize(), 0)
    })

    it('drops what a broken clock dates a day ahead', async () => {
      await store.append([entry('web-1', T + 2 * DAY, { cpu: 1 }), entry('web-1', T, { cpu: 0.5 })])
      assert.equal((await store.latest('shop', ['web-1']))['web-1']?.at, T)
      assert.deepEqual(await cpuOf('web-1', T, T + 3 * DAY), [{ at: T, value: 0.5 }])
    })

    it('sends a long batch in several calls without losing any', async () => {
      await store.append(steady('web-1', T, T + 1_500 * SECOND, () => ({ cpu: 0.5 })))
      assert.equal((await cpuOf('web-1', T, T + HOUR)).length, 1_500)
    })
  })

  describe('latest', () => {
    it('is the newest sample in full precision with its period, or null', async () => {
      await store.append([
        entry('web-1', T + 2_000, { cpu: 0.1 + 0.2, big: 123_456_789_012 }, 7_300),
        entry('web-1', T + 1_000, { cpu: 0 }),
      ])
      await store.append([entry('web-1', T + 1_500, { cpu: 0.9 })])
      assert.deepEqual(await store.latest('shop', ['web-1', 'web-9']), {
        'web-1': { at: T + 2_000, periodMs: 7_300, stats: { cpu: 0.1 + 0.2, big: 123_456_789_012 } },
        'web-9': null,
      })
    })
  })

  describe('after a clock was set back', () => {
    for (const byMs of [HOUR, 30 * SECOND, 10 * SECOND]) {
      it(`by ${byMs} ms, the newest sample is one of now, and one from the time to come says nothing`, async () => {
        let now = T + 2 * HOUR
        const clocked = createSeriesStore(redis, { now: () => now })
        await clocked.append([entry('web-1', now, { cpu: 0.9 })])
        now -= byMs
        assert.deepEqual(await clocked.latest('shop', ['web-1']), { 'web-1': null })
        for (const cpu of [0.1, 0.2]) {
          now += 1000
          await clocked.append([entry('web-1', now, { cpu })])
          assert.deepEqual((await clocked.latest('shop', ['web-1']))['web-1']?.stats, { cpu })
        }
        await clocked.append([entry('web-1', now + 5000, { cpu: 0.3 })])
        assert.deepEqual(
          (await clocked.latest('shop', ['web-1']))['web-1']?.stats,
          { cpu: 0.3 },
          'a little ahead is fine',
        )
        await clocked.append([entry('web-1', now + 1000, { cpu: 0.4 })])
        assert.deepEqual((await clocked.latest('shop', ['web-1']))['web-1']?.stats, { cpu: 0.3 }, 'late is not newest')
      })
    }
  })

  describe('sealing', () => {
    it('packs an hour after its grace and still answers it', async () => {
      const samples = steady('web-1', T, T + HOUR + MINUTE, wave)
      await store.append(samples)
      const before = await store.window('shop', ['web-1'], ['cpu', 'queue'], T, T + 2 * HOUR)
      const hotBytes = await redis.strlen((await hotHours()).toSorted()[0]!)
      assert.equal((await sealedHours()).length, 0)

      now = T + HOUR + 31 * MINUTE
      await store.append([entry('web-2', now, { cpu: 0.5 })])
      const [sealed] = await sealedHours()
      assert.ok(sealed)
      assert.ok((await redis.strlen(sealed)) < hotBytes / 2)
      const after = await store.window('shop', ['web-1'], ['cpu', 'queue'], T, T + 2 * HOUR)
      assert.deepEqual(after['web-1']!['queue'], before['web-1']!['queue'])
      assert.deepEqual(
        after['web-1']!['cpu']!.map((point) => point.at),
        before['web-1']!['cpu']!.map((point) => point.at),
      )
      for (const [index, point] of after['web-1']!['cpu']!.entries()) {
        const exact = before['web-1']!['cpu']![index]!.value
        about(point.value, exact, exact * SEALED_RELATIVE_ERROR)
      }
      const across = await cpuOf('web-1', T + HOUR - 1_500, T + HOUR + 1_500)
      assert.deepEqual(
        across.map((point) => point.at - T - HOUR),
        [-1_000, 0, 1_000],
      )
    })

    it('drops what comes after it, in the series and in the means alike', async () => {
      await store.append(steady('web-1', T, T + MINUTE, wave))
      now = T + HOUR + 31 * MINUTE
      await store.append([entry('web-1', now, { cpu: 0.5 })])
      assert.equal((await sealedHours()).length, 1)
      const chart = await store.range('shop', null, 'cpu', T, T + 2 * HOUR, 100)
      await store.append(steady('web-1', T, T + 2 * MINUTE, () => ({ cpu: 1 })))
      assert.equal((await cpuOf('web-1', T, T + HOUR - 1)).length, 60)
      assert.deepEqual(await store.range('shop', null, 'cpu', T, T + 2 * HOUR, 100), chart)
    })

    it('takes what an agent kept while the bot was away for hours, once', async () => {
      now = T + 5 * HOUR
      const kept = steady('web-1', T, T + 10 * MINUTE, wave)
      await store.append(kept)
      await store.append(kept)
      assert.equal((await cpuOf('web-1', T, T + HOUR)).length, 600)
      now += 31 * MINUTE
      await store.append([entry('web-2', now, { cpu: 0.5 })])
      assert.equal((await sealedHours()).length, 1)
      assert.equal((await cpuOf('web-1', T, T + HOUR)).length, 600)
    })

    it('is done for members that report no more', async () => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) await store.append(steady(id, T, T + MINUTE, wave))
      now = T + HOUR + 31 * MINUTE
      for (let turn = 0; turn < 3; turn += 1) await store.append([entry('web-1', now + turn, { cpu: 0.5 })])
      assert.equal((await sealedHours()).length, 5)
      assert.equal((await hotHours()).length, 1)
    })
  })

  it('gives every key a time to live, so that what nobody reports vanishes', async () => {
    await store.append(steady('web-1', T, T + 5_000, () => ({ cpu: 0.5 })))
    await store.append([entry('web-1', T + 6_000, { cpu: 0.5, other: 1 })])
    now = T + HOUR + 31 * MINUTE
    await store.append([entry('web-1', now, { cpu: 0.5 })])
    for (const key of await redis.keys('*')) {
      assert.match(key, /^spinup:\{shop\}:series:/)
      assert.ok((await redis.pttl(key)) > 0, `${key} lives for ever`)
    }
  })

  it('forgets the server’s scripts without harm', async () => {
    await store.append([entry('web-1', T, { cpu: 0.5 })])
    await redis.script('FLUSH')
    await store.append([entry('web-1', T + 1_000, { cpu: 0.5 })])
    assert.equal((await cpuOf('web-1', T, T + HOUR)).length, 2)
  })

  it('says that Redis does not answer', async () => {
    const gone = connectRedis({ path: `${server.path}.gone` }, { name: 'test', log: quiet })
    await assert.rejects(createSeriesStore(gone).append([entry('web-1', T, { cpu: 1 })]), (error) => {
      assert.ok(error instanceof SpinupError)
      assert.equal(error.code, 'storeFailed')
      assert.equal(error.retryable, true)
      return true
    })
    gone.disconnect()
  })
})

describe('the series store when redis is killed', () => {
  it('has every sample again once the server is back', async () => {
    const server = await startTestRedis()
    try {
      const redis = await server.connect()
      const store = createSeriesStore(redis, { log: quiet, now: () => T + HOUR })
      const samples = steady('web-1', T, T + HOUR, (at) => ({ cpu: (at % 11) / 16 }))
      await store.append(samples)
      const before = await store.window('shop', ['web-1'], ['cpu'], T, T + HOUR)
      const chart = await store.range('shop', null, 'cpu', T, T + HOUR, 300)
      await written(redis)
      const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1])
      process.kill(pid, 'SIGKILL')
      await until(async () => !(await redis.info('server')).includes(`process_id:${pid}\r`), {
        what: 'the next server',
      })
      assert.deepEqual(await store.window('shop', ['web-1'], ['cpu'], T, T + HOUR), before)
      assert.deepEqual(await store.range('shop', null, 'cpu', T, T + HOUR, 300), chart)
      await store.append([entry('web-1', T + HOUR + 1_000, { cpu: 0.5 })])
    } finally {
      await server.stop()
    }
  })
})
