import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createTextStore, type TextStore } from '../../src/store/text-store.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'

const NOW = Date.UTC(2026, 10, 30, 12, 30)
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('texts that were reported', () => {
  let server: TestRedis
  let redis: Redis
  let texts: TextStore
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
    texts = createTextStore(redis)
  })
  after(() => server.stop())

  it('are counted per text, most frequent first', async () => {
    await texts.add('a', NOW, { tags: { redis: 2, bolt: 1 }, release: { 'v2.3': 1 } })
    await texts.add('a', NOW, { tags: { bolt: 4, redis: 1 } })
    assert.deepEqual(await texts.counts('a', 'tags', NOW - HOUR, NOW, 10), {
      name: 'tags',
      counts: [
        { text: 'bolt', count: 5 },
        { text: 'redis', count: 3 },
      ],
      other: 0,
    })
    assert.deepEqual((await texts.names('a')).toSorted(), ['release', 'tags'])
    assert.deepEqual((await texts.counts('b', 'tags', NOW - HOUR, NOW, 10)).counts, [], 'another pool has its own')
  })

  it('are those of the range: by the hour within two days, by the day beyond', async () => {
    for (const [at, text] of [
      [NOW, 'now'],
      [NOW - 3 * HOUR, 'hours'],
      [NOW - 30 * HOUR, 'yesterday'],
      [NOW - 10 * DAY, 'days'],
    ] as const) {
      await texts.add('range', at, { tags: { [text]: 1 } })
    }
    const of = async (rangeMs: number): Promise<readonly string[]> =>
      (await texts.counts('range', 'tags', NOW - rangeMs, NOW, 10)).counts.map(({ text }) => text)
    assert.deepEqual(await of(HOUR), ['now'])
    assert.deepEqual(await of(6 * HOUR), ['hours', 'now'])
    assert.deepEqual(await of(2 * DAY), ['hours', 'now', 'yesterday'])
    assert.deepEqual(await of(28 * DAY), ['days', 'hours', 'now', 'yesterday'])
  })

  it('keep the most frequent thousand of a day, and count the rest as other', async () => {
    const frequent = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`often ${index}`, 50]))
    await texts.add('many', NOW, { tags: frequent })
    let rare = 0
    for (let batch = 0; batch < 30; batch++) {
      const seldom = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`seldom ${batch} ${index}`, 1]))
      await texts.add('many', NOW, { tags: seldom })
      rare += 200
    }
    const { counts, other } = await texts.counts('many', 'tags', NOW - 5 * DAY, NOW, 1000)
    assert.equal(counts.filter(({ text }) => text.startsWith('often')).length, 900)
    assert.equal(counts.length, 1000)
    assert.equal(counts.reduce((sum, { count }) => sum + count, 0) + other, 900 * 50 + rare, 'none is lost')
    for (const key of await redis.keys('*{many}:texts:*')) assert.ok((await redis.zcard(key)) <= 2001, key)
  })

  it('expire, names too', async () => {
    await texts.add('old', NOW, { tags: { redis: 1 } })
    for (const key of await redis.keys('*{old}*')) {
      const seconds = await redis.ttl(key)
      assert.ok(seconds > 3600 && seconds <= 36 * 86_400, `${key} ${seconds}`)
    }
    await texts.add('old', NOW + 40 * DAY, { release: { v3: 1 } })
    assert.deepEqual(await texts.names('old'), ['release'])
  })

  it('have at most thirty-two names a pool, and those there are go on', async () => {
    for (let index = 0; index < 40; index++) await texts.add('names', NOW, { [`name${index}`]: { a: 1 } })
    await texts.add('names', NOW, { name0: { a: 1 } })
    assert.equal((await texts.names('names')).length, 32)
    assert.equal((await texts.counts('names', 'name0', NOW, NOW, 5)).counts[0]?.count, 2)
    assert.deepEqual((await texts.counts('names', 'name39', NOW, NOW, 5)).counts, [])
  })

  it('may be called anything: names of objects, other alphabets, numbers', async () => {
    await texts.add('odd', NOW, { tags: { constructor: 1, __proto__x: 2, '42': 3, 'ü 中': 4, 'a:b': 5 } })
    const { counts } = await texts.counts('odd', 'tags', NOW, NOW, 9)
    assert.deepEqual(
      counts.map(({ text }) => text),
      ['a:b', 'ü 中', '42', '__proto__x', 'constructor'],
    )
  })
})
