import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startTestRedis } from '../redis.ts'
import type { TestRedis } from '../redis.ts'

describe('a test redis', () => {
  let redis: TestRedis
  before(async () => {
    redis = await startTestRedis()
  })
  after(() => redis.stop())

  it('keeps what it is told', async () => {
    const client = await redis.connect()
    await client.set('a', '1')
    assert.equal(await client.get('a'), '1')
    await redis.flush()
    assert.equal(await client.get('a'), null)
  })
})
