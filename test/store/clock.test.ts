import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { startClock, type Clock } from '../../src/store/clock.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'

const HOUR = 3_600_000
const T = 1_790_000_000_000

describe('the clock of the bots', () => {
  let server: TestRedis
  let redis: Redis
  /** What the test moves: time itself, by how much Redis's clock is off it, and by how much each machine's is. */
  let passed = 0
  let redisOff = 0
  const off = new Map<string, number>()
  /** For how long each machine slept: its monotonic clock stood still. */
  const slept = new Map<string, number>()
  const clocks: (Clock & { look(): Promise<void>; stop(): Promise<void> })[] = []

  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await redis.flushall()
    passed = redisOff = 0
    off.clear()
    slept.clear()
  })
  afterEach(async () => {
    for (const clock of clocks.splice(0)) await clock.stop()
  })
  const start = async (host: string): Promise<(typeof clocks)[number]> => {
    const clock = await startClock({
      redis,
      log: quiet,
      host,
      wall: () => T + passed + (off.get(host) ?? 0),
      monotonic: () => passed - (slept.get(host) ?? 0),
      time: () => T + passed + redisOff,
    })
    // The test says when it looks.
    await clock.stop()
    clocks.push(clock)
    return clock
  }
  const look = async (): Promise<void> => {
    for (const clock of clocks) await clock.look()
  }

  it('is Redis’s, whatever a bot’s own says, and runs on between two looks', async () => {
    off.set('b', -HOUR)
    const [a, b] = [await start('a'), await start('b')]
    assert.deepEqual([a.now(), b.now()], [T, T])
    passed += 700
    assert.deepEqual([a.now(), b.now()], [T + 700, T + 700])
    assert.ok(
      (await startClock({ redis, log: quiet, host: 'real' }).then(async (real) => {
        await real.stop()
        return Math.abs(real.now() - Date.now())
      })) < 1000,
    )
  })

  for (const by of [-HOUR, HOUR, -T + 60_000, 8000, -8000]) {
    it(`does not move when a bot’s own is set by ${by} ms; every bot tells whose is off, and by how much`, async () => {
      const [a, b] = [await start('a'), await start('b')]
      off.set('a', by)
      passed += 1000
      await look()
      passed += 1000
      await look()
      assert.deepEqual([a.now(), b.now(), a.steps()], [T + 2000, T + 2000, 0])
      for (const clock of [a, b]) {
        assert.deepEqual(clock.trouble(), { off: [{ host: 'a', offMs: by }], set: null })
      }
      off.clear()
      passed += 1000
      await look()
      passed += 1000
      await look()
      assert.deepEqual(b.trouble().off, [], 'and when it agrees again')
    })

    it(`follows Redis’s when that is set by ${by} ms, and books it once for all bots`, async () => {
      const [a, b] = [await start('a'), await start('b')]
      passed += 1000
      redisOff = by
      await Promise.all([a.look(), b.look()])
      passed += 1000
      await look()
      const late = await start('late')
      for (const clock of [a, b, late]) {
        assert.equal(clock.now(), T + 2000 + by)
        assert.equal(clock.steps(), by)
        assert.deepEqual(clock.trouble().set ?? { byMs: by }, { byMs: by })
      }
      assert.deepEqual(a.trouble().set, { byMs: by })
      redisOff = 0
      passed += 1000
      await look()
      await look()
      assert.deepEqual(
        clocks.map((clock) => clock.steps()),
        [0, 0, 0],
        'and when it is set right again',
      )
      passed += 16 * 60_000
      await look()
      await look()
      assert.equal(a.trouble().set, null, 'it is told for a quarter of an hour')
    })
  }

  it('is not set by a bot that slept while another did not', async () => {
    const [a, b] = [await start('a'), await start('b')]
    for (let minute = 0; minute < 60; minute++) {
      passed += 60_000
      slept.set('b', (slept.get('b') ?? 0) + 60_000)
      await a.look()
    }
    await b.look()
    assert.deepEqual([a.steps(), b.steps()], [0, 0])
    assert.deepEqual([a.now(), b.now()], [T + HOUR, T + HOUR])
  })

  it('stands still for a bot that slept alone: what waited waits on', async () => {
    const a = await start('a')
    passed += HOUR
    slept.set('a', HOUR)
    await a.look()
    assert.deepEqual([a.now(), a.steps()], [T + HOUR, HOUR])
  })

  it('takes the time that went by while no bot ran for what it is', async () => {
    await start('a')
    clocks.length = 0
    passed += HOUR
    const again = await start('a')
    assert.deepEqual([again.now(), again.steps()], [T + HOUR, 0])
  })

  it('follows drift without ever going back, and books none of it', async () => {
    const a = await start('a')
    let before = a.now()
    for (let second = 0; second < 60; second++) {
      passed += 1000
      redisOff -= 300
      await a.look()
      assert.ok(a.now() >= before, `${a.now()} after ${before}`)
      before = a.now()
    }
    assert.deepEqual([a.now(), a.steps()], [T + 60_000 - 18_000, 0])
  })
})
