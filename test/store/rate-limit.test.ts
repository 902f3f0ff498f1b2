import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createAccess } from '../../src/accounts/access.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import type { RateLimiter } from '../../src/providers/cloud.ts'
import { DIGITALOCEAN_LIMITS, passGate } from '../../src/providers/digitalocean/rate-limit.ts'
import { createSharedRateLimit, type SharedRateLimit } from '../../src/store/rate-limit.ts'
import { quiet, startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'

const MINUTE = { limit: 250, ms: 60_000 }
const HOUR = { limit: 5000, ms: 3_600_000 }

describe('a shared rate limit', () => {
  let server: TestRedis
  let redis: Redis
  let other: Redis
  let now = 0
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    other = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    now = Date.UTC(2026, 10, 22, 12)
  })
  const limit = (client: Redis = redis): SharedRateLimit =>
    createSharedRateLimit(client, { key: 'rate:{it}', windows: [MINUTE, HOUR], now: () => now })

  it('lets a minute’s worth through at once, over two bots, and then says how long to wait', async () => {
    const [one, two] = [limit(), limit(other)]
    const waits = await Promise.all(Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? one : two).take()))
    assert.equal(waits.filter((wait) => wait === 0).length, MINUTE.limit)
    for (const wait of waits.filter((wait) => wait > 0)) assert.ok(wait > 59_000 && wait <= 61_000, String(wait))
  })

  it('lets the next one go after the wait it told, and not a moment earlier', async () => {
    const it = limit()
    for (let count = 0; count < MINUTE.limit; count++) await it.take()
    const wait = await it.take()
    now += wait - 1
    assert.equal(await it.take(), 1)
    now += 1
    assert.equal(await it.take(), 0)
  })

  it('never lets more through in any minute or hour than that, however the requests come', async () => {
    const [few, some] = [
      { limit: 25, ms: 60_000 },
      { limit: 500, ms: 3_600_000 },
    ]
    const it = createSharedRateLimit(redis, { key: 'few', windows: [few, some], now: () => now })
    const gone: number[] = []
    const end = now + 2.2 * some.ms
    let turn = 0
    while (now < end) {
      const wait = await it.take()
      if (wait === 0) {
        gone.push(now)
        // Bursts and trickles in turn.
        turn++
        now += turn % 70 < 30 ? 0 : 1370
      } else {
        now += wait
      }
    }
    assert.ok(gone.length > some.limit, `the limit was met: ${gone.length}`)
    for (const { limit: most, ms } of [few, some]) {
      for (let index = most; index < gone.length; index++) {
        const span = (gone[index] ?? 0) - (gone[index - most] ?? 0)
        assert.ok(span >= ms, `${most + 1} requests within ${span} ms`)
      }
    }
    assert.ok((await redis.hlen('few')) < 130, 'what has passed is forgotten')
  })

  it('holds everyone back as long as told, and a shorter hold does not cut a longer one', async () => {
    await limit().hold(5000)
    await limit(other).hold(1000)
    assert.equal(await limit(other).take(), 5000)
    now += 5000
    assert.equal(await limit().take(), 0)
  })

  it('keeps accounts apart', async () => {
    await limit().hold(5000)
    const another = createSharedRateLimit(redis, { key: 'rate:{another}', windows: [MINUTE], now: () => now })
    assert.equal(await another.take(), 0)
  })

  it('goes by Redis’s clock when given none, and leaves nothing behind', async () => {
    const brief = createSharedRateLimit(redis, { key: 'brief', windows: [{ limit: 2, ms: 120 }] })
    assert.equal(await brief.take(), 0)
    assert.equal(await brief.take(), 0)
    assert.ok((await brief.take()) > 0)
    await until(async () => (await brief.take()) === 0, { what: 'room in the window' })
    await until(async () => (await redis.exists('brief')) === 0, { what: 'the key to expire' })
  })

  it('is what the DigitalOcean provider waits at, over two bots', async () => {
    const shared: RateLimiter = createSharedRateLimit(redis, { key: 'do', windows: DIGITALOCEAN_LIMITS })
    const twice = { limit: 2, ms: 150 }
    const gates = [redis, other].map((client) => createSharedRateLimit(client, { key: 'gate', windows: [twice] }))
    const times: number[] = []
    for (let index = 0; index < 6; index++) {
      await passGate(gates[index % 2] ?? shared, 20_000, undefined)
      times.push(performance.now())
    }
    assert.ok((times[5] ?? 0) - (times[0] ?? 0) >= 2 * twice.ms - 20, 'six take two windows’ wait')
    assert.equal(await shared.take(), 0)
  })

  for (const by of [-30 * 86_400_000, -3 * 3_600_000, 3 * 3_600_000]) {
    it(`of an account holds nobody for longer, and forgets nothing, when the clock is set by ${by / 3_600_000} h`, async () => {
      let steps = 0
      const access = createAccess({
        accounts: { token: async () => 't' },
        redis,
        clock: { now: () => now, steps: () => steps },
        log: quiet,
        signal: new AbortController().signal,
      })
      const { limiter } = access({ limits: DIGITALOCEAN_LIMITS }, 'a')
      for (let count = 0; count < MINUTE.limit; count++) assert.equal(await limiter.take(), 0)
      now += by
      steps += by
      const wait = await limiter.take()
      assert.ok(wait > 58_000 && wait <= 61_000, String(wait))
      now += wait
      assert.equal(await limiter.take(), 0)
      await limiter.hold(5000)
      now += by
      steps += by
      assert.equal(await limiter.take(), 5000)
    })
  }

  it('says so when Redis is gone', async () => {
    const client = await server.connect()
    client.disconnect()
    await assert.rejects(
      createSharedRateLimit(client, { key: 'gone', windows: [MINUTE] }).take(),
      (error) => error instanceof SpinupError && error.code === 'storeFailed' && error.retryable,
    )
  })
})
