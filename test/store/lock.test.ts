import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { acquireLease } from '../../src/store/lock.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import { until } from '../wait.ts'

describe('a lease', () => {
  let server: TestRedis
  let redis: Redis
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(() => redis.flushall())
  const take = (options: { ttlMs?: number; waitMs?: number } = {}) =>
    acquireLease(redis, 'it', { ttlMs: options.ttlMs ?? 60_000, waitMs: options.waitMs ?? 0 })

  it('is one’s alone until released', async () => {
    const mine = await take()
    assert.ok(mine)
    assert.equal(await take(), null)
    await mine.release()
    assert.ok(await take())
  })

  it('is waited for as long as asked', async () => {
    const mine = (await take())!
    assert.equal(await take({ waitMs: 60 }), null)
    const [next] = await Promise.all([take({ waitMs: 20_000 }), mine.release()])
    assert.ok(next)
    assert.notEqual(next.token, mine.token)
  })

  it('lapses by itself, and then neither releasing nor renewing it touches the next one’s', async () => {
    const mine = (await take({ ttlMs: 30 }))!
    const next = await until(() => take(), { what: 'the lease to lapse' })
    assert.equal(await mine.renew(), false)
    await mine.release()
    assert.equal(await redis.get('it'), next.token)
    assert.equal(await take(), null)
  })

  it('is held longer when renewed', async () => {
    const mine = (await take())!
    await redis.pexpire('it', 5000)
    assert.equal(await mine.renew(), true)
    assert.ok((await redis.pttl('it')) > 30_000)
  })

  it('goes to one of many who want it at once', async () => {
    const taken = await Promise.all(Array.from({ length: 30 }, () => take()))
    assert.equal(taken.filter((lease) => lease !== null).length, 1)
  })
})
