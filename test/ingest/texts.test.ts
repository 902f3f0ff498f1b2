import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createBench, reportAt, send, type Bench } from './bench.ts'

describe('texts in reports', () => {
  let bench: Bench
  let bot: FastifyInstance
  let key: string
  before(async () => {
    bench = await createBench()
    bot = await bench.bot()
  })
  beforeEach(async () => {
    bench.texts.length = 0
    bench.clock.now += 60_000
    bench.clock.elapsed += 60_000
    key = await bench.identities.issue('p', 'web-1', 'r'.repeat(32))
  })
  after(() => bench.stop())

  const report = (texts: unknown, boot: string, more: object = {}): object => {
    const at = bench.clock.now
    return { ...reportAt(at, { boot }), samples: [{ at, stats: { cpu: 0.5 }, texts, ...more }] }
  }

  it('are counted once their report is stored, and not again when it comes again', async () => {
    const body = report({ tags: { redis: 2 }, release: { 'v2.3': 1 } }, 'boot-once')
    assert.equal((await send(bot, key, body)).statusCode, 200)
    assert.equal((await send(bot, key, body)).statusCode, 409)
    assert.deepEqual(bench.texts, [{ poolId: 'p', texts: { tags: { redis: 2 }, release: { 'v2.3': 1 } } }])
  })

  it('are counted in a sample that has no numbers', async () => {
    assert.equal((await send(bot, key, report({ tags: { a: 1 } }, 'boot-bare', { stats: {} }))).statusCode, 200)
    assert.equal(bench.texts.length, 1)
  })

  for (const [what, texts, kept] of [
    ['not an object', 'tags', null],
    ['a list', ['a'], null],
    ['a name that is none', { 'bad name': { a: 1 } }, null],
    ['counts that are none', { tags: { a: -1, b: 1.5, c: '2', d: null, e: 1e12, f: 3 } }, { tags: { f: 3 } }],
    ['a count of no object', { tags: 5, release: null, ok: { a: 1 } }, { ok: { a: 1 } }],
    ['texts with line breaks', { tags: { ' a\n b ': 1 } }, { tags: { 'a b': 1 } }],
  ] as const) {
    it(`that are odd (${what}) spoil neither the report nor the rest`, async () => {
      const answer = await send(bot, key, report(texts, `boot-${what.replaceAll(' ', '-')}`))
      assert.equal(answer.statusCode, 200)
      assert.deepEqual(
        bench.texts.map((one) => one.texts),
        kept === null ? [] : [kept],
      )
      assert.equal(bench.recorder.entries.at(-1)?.sample.stats['cpu'], 0.5)
    })
  }

  it('are of so many names and texts at most', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, name) => [
        `n${name}`,
        Object.fromEntries(Array.from({ length: 300 }, (_, text) => [`t${text}`, 1])),
      ]),
    )
    assert.equal((await send(bot, key, report(many, 'boot-many'))).statusCode, 200)
    const [one] = bench.texts
    assert.deepEqual([Object.keys(one!.texts).length, Object.keys(one!.texts['n0']!).length], [16, 201])
  })
})
