import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createLongActions, createSeenEvents } from '../../src/store/chat-places.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'

describe('what platforms need to remember', () => {
  let server: TestRedis
  let redis: Redis
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())

  it('gives back what a shortened button stands for, each platform its own', async () => {
    const long = `run:/spinup policy calendar="${'x'.repeat(300)}"`
    await createLongActions(redis, 'discord').keep(
      new Map([
        ['~a', long],
        ['~b', 'run:/spinup status'],
      ]),
    )
    assert.equal(await createLongActions(redis, 'discord').get('~a'), long)
    assert.equal(await createLongActions(redis, 'discord').get('~c'), null)
    assert.equal(await createLongActions(redis, 'slack').get('~a'), null)
    const keys = await redis.keys('spinup:action:*')
    assert.equal(keys.length, 2)
    for (const key of keys) assert.ok((await redis.ttl(key)) > 80 * 86_400)
  })

  it('lets one of many be the first to hear something, and forgets it some time', async () => {
    const firsts = await Promise.all(
      Array.from({ length: 20 }, () => createSeenEvents(redis, 'discord').first('813200000000000001', true)),
    )
    assert.equal(firsts.filter(Boolean).length, 1)
    assert.equal(await createSeenEvents(redis, 'discord').first('813200000000000002', true), true)
    for (const key of await redis.keys('spinup:heard:*')) assert.ok((await redis.ttl(key)) > 900)
  })

  it('lets what only looks be heard while Redis takes no changes, once by each bot', async () => {
    const [one, other] = [createSeenEvents(redis, 'slack'), createSeenEvents(redis, 'slack')]
    const refusals: readonly (readonly [name: string, on: string, off: string])[] = [
      ['maxmemory', '1', '0'],
      ['min-replicas-to-write', '3', '0'],
    ]
    for (const [name, on, off] of refusals) {
      await redis.config('SET', name, on)
      try {
        assert.equal(await one.first(name, false), true)
        assert.equal(await one.first(name, false), false)
        assert.equal(await other.first(name, false), true)
        await assert.rejects(one.first(`${name} 2`, true), /Redis could not note a report/)
      } finally {
        await redis.config('SET', name, off)
      }
    }
    assert.equal(await one.first('later', true), true)
  })
})
