import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Redis } from 'ioredis'
import { guard, isFull } from '../../src/store/guard.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'

describe('a Redis that takes no changes', () => {
  let server: TestRedis
  let redis: Redis
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  const save = guard('save that', async () => redis.set('a', 'b'))
  const script = guard('save that', async () => redis.eval("return redis.call('SET', KEYS[1], 'b')", 1, 'a'))
  const batch = guard('save that', async () => {
    for (const [error] of (await redis.multi().set('a', 'b').exec()) ?? []) if (error !== null) throw error
  })

  it('because its memory is full is named as that, by a command, a script or several at once', async () => {
    await redis.config('SET', 'maxmemory', '1')
    for (const call of [save, script, batch])
      await assert.rejects(call(), {
        code: 'storeFailed',
        message: /save that: its memory is full.*maxmemory.*can be read/,
      })
    assert.equal(await redis.get('a'), null, 'reading goes on')
    await redis.config('SET', 'maxmemory', '0')
    await save()
  })

  it('because its disk is full is named as that', async () => {
    for (const words of [
      'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.',
      'MISCONF Errors writing to the AOF file: No space left on device',
      'EXECABORT Transaction discarded because of: MISCONF Errors writing to the AOF file: No space left on device',
    ]) {
      const call = guard('save that', async () => Promise.reject(new Error(words)))
      await assert.rejects(call(), {
        code: 'storeFailed',
        message: /save that: it cannot write to its disk.*Free some/,
      })
    }
  })

  it('is found behind other errors, and nothing else is taken for it', () => {
    const cause = new Error("OOM command not allowed when used memory > 'maxmemory'.")
    assert.equal(isFull(new Error('outer', { cause: new Error('inner', { cause }) })), 'memory')
    for (const other of [new Error('Command timed out'), new Error('READONLY replica'), 'OOM', null])
      assert.equal(isFull(other), null)
  })

  it('because it is gone is named in words, not in options of its client', async () => {
    const lost = new Redis({ port: 1, maxRetriesPerRequest: 1, retryStrategy: () => 10 })
    lost.on('error', () => undefined)
    try {
      for (const call of [() => lost.get('a'), () => lost.set('a', 'b'), () => lost.eval('return 1', 0)]) {
        await assert.rejects(guard('save that', async () => call())(), {
          code: 'storeFailed',
          message: 'Redis could not save that (it does not answer); check that it runs.',
        })
      }
    } finally {
      lost.disconnect()
    }
  })
})
