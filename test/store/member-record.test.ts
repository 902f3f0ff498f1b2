import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MemberRecord } from '../../src/balancers/balancer.ts'
import { createMemberRecord } from '../../src/store/boots.ts'
import { startTestRedis } from '../redis.ts'
import { running } from '../running.ts'

describe('the record of a balancer’s members', () => {
  const server = running(startTestRedis)

  it('outlives the bot, and is one for each pool', async () => {
    const redis = await server.connect()
    const record: MemberRecord = createMemberRecord(redis, 'web')
    assert.deepEqual(await record.all(), [])
    await record.put({ url: 'http://10.0.0.4:80', state: 'serving', since: 5 })
    await record.put({ url: 'http://10.0.0.5:80', state: 'waiting', since: 6 })
    await record.put({ url: 'http://10.0.0.4:80', state: 'draining', since: 7 })
    const later: MemberRecord = createMemberRecord(await server.connect({ name: 'later' }), 'web')
    assert.deepEqual(
      (await later.all()).toSorted((a, b) => a.since - b.since),
      [
        { url: 'http://10.0.0.5:80', state: 'waiting', since: 6 },
        { url: 'http://10.0.0.4:80', state: 'draining', since: 7 },
      ],
    )
    assert.deepEqual(await createMemberRecord(redis, 'shop').all(), [])
    await later.forget('http://10.0.0.4:80')
    await later.forget('http://10.0.0.9:80')
    assert.deepEqual(await record.all(), [{ url: 'http://10.0.0.5:80', state: 'waiting', since: 6 }])
  })
  it('says that Redis is to blame when it does not answer', async () => {
    const redis = await server.connect()
    const record = createMemberRecord(redis, 'web')
    redis.disconnect()
    const blamed = { code: 'storeFailed', retryable: true, message: /^Redis could not/ }
    await assert.rejects(record.all(), blamed)
    await assert.rejects(record.put({ url: 'http://10.0.0.4:80', state: 'serving', since: 5 }), blamed)
    await assert.rejects(record.forget('http://10.0.0.4:80'), blamed)
  })
})
