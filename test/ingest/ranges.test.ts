import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createBench, reportAt, send, type Bench } from './bench.ts'

/** Lists within lists, more than what calls itself for each can write. */
const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

describe('the ranges of stats', () => {
  let bench: Bench
  let bot: FastifyInstance
  let key: string
  let seq: number

  before(async () => {
    bench = await createBench()
    bot = await bench.bot()
  })
  after(() => bench.stop())
  beforeEach(async () => {
    await bench.server.flush()
    bench.recorder.entries.length = 0
    bench.signed.length = 0
    bench.clock.elapsed += 60_000
    key = await bench.identities.issue('p', 'web-1')
    seq = 0
  })

  /** Reports samples of these stats. */
  async function report(...stats: readonly Record<string, unknown>[]) {
    bench.recorder.entries.length = 0
    const { samples: _samples, ...body } = reportAt(bench.clock.now, { seq })
    const samples = stats.map((each, index) => ({
      at: bench.clock.now - 1000 * (stats.length - 1 - index),
      stats: each,
    }))
    // Numbers that JSON cannot hold arrive as what it makes of them.
    const raw = Buffer.from(
      JSON.stringify({ ...body, samples })
        .replaceAll('"1e999"', '1e999')
        .replace('"deep"', DEEP),
    )
    const answer = await send(bot, key, null, { raw })
    if (answer.statusCode === 200) seq += stats.length
    const { refused = [], ...rest } = answer.json()
    const names: readonly string[] = refused.map(({ stat }: { stat: string }) => stat)
    return { status: answer.statusCode, answer: rest, refused: names, words: JSON.stringify(refused) }
  }
  const stored = () => bench.recorder.entries.map(({ sample }) => sample.stats)

  it('let one member’s impossible word be no word, and keep the rest of its sample', async () => {
    for (const [stat, value] of [
      ['cpu', 100],
      ['cpu', -1],
      ['cpu', -0.01],
      ['cpu', 1.06],
      ['memory', 64],
      ['psi', 2],
      ['load1', -3],
      ['load1', 1e9],
      ['queue', -5],
      ['queue', 1e16],
      ['queue', 1e39],
      ['queue', '1e999'],
      ['queue', null],
      ['queue', '12'],
      ['queue', [1]],
      ['queue', {}],
      ['queue', 'deep'],
      ['a b', 1],
      ['__proto__x', 1],
      ['x'.repeat(65), 1],
    ] as const) {
      const { status, answer, refused } = await report({ [stat]: value, orders: 7 })
      const what = `${stat}=${JSON.stringify(value)}`
      assert.equal(status, 200, what)
      assert.deepEqual(answer, { accepted: 1, nextSeq: seq }, what)
      assert.deepEqual(refused, [stat], what)
      assert.deepEqual(stored(), [{ orders: 7 }], what)
    }
  })

  it('say what is wrong in words that help', async () => {
    const { words } = await report({ cpu: 100, queue: -5, memory: null, fine: 1 })
    assert.match(words, /100 is not a fraction from 0 to 1/)
    assert.match(words, /-5 is below zero; if it may be, say so: \/spinup policy signed=queue/)
    assert.match(words, /null is not a number/)
    const odd = await report({ a: '1e999', b: 'deep', c: {}, d: true, e: 'x'.repeat(1000), fine: 1 })
    for (const value of ['Infinity', 'a list', 'an object', 'true', `"${'x'.repeat(40)}"`]) {
      assert.ok(
        JSON.parse(odd.words).some(({ why }: { why: string }) => why === `${value} is not a number`),
        value,
      )
    }
  })

  it('take a fraction a little above 1 for 1, and any number from zero up for what a team counts', async () => {
    const { refused } = await report({ cpu: 1.04, memory: 1, psi: 0, load1: 40, bytes: 4e14, rate: 0.001, zero: 0 })
    assert.deepEqual(refused, [])
    assert.deepEqual(stored(), [{ cpu: 1, memory: 1, psi: 0, load1: 40, bytes: 4e14, rate: 0.001, zero: 0 }])
  })

  it('let only a stat that its team declared be below zero, and never one that cannot be', async () => {
    bench.signed.push('temperature', 'app.p95', 'load1')
    const { refused } = await report({ temperature: -12.5, p95: -1, drift: -1, cpu: -0.5, load1: -1 })
    assert.deepEqual(refused, ['drift', 'cpu', 'load1'])
    assert.deepEqual(stored(), [{ temperature: -12.5, 'app.p95': -1 }])
  })

  it('refuse a report only where nothing of it is left, and count none of it', async () => {
    const { status, answer, refused } = await report({ cpu: 100 }, { cpu: -1 })
    assert.deepEqual([status, answer.code, refused], [400, 'badStats', ['cpu']])
    assert.match(answer.message, /nothing of this report can be taken: cpu: /)
    assert.deepEqual(stored(), [])
    const mixed = await report({ cpu: 100 }, { cpu: 0.5 })
    assert.deepEqual([mixed.status, mixed.answer], [200, { accepted: 1, nextSeq: 2 }])
    assert.deepEqual(stored(), [{ cpu: 0.5 }])
    assert.equal((await report({})).status, 200, 'a sample of nothing says that the agent is there')
  })

  it('answer with ten refusals at most', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${index}`, -1]))
    const { refused } = await report({ ...many, cpu: 0.5 })
    assert.equal(refused.length, 10)
  })

  it('keep what was refused for the doctor, also where nothing was left', async () => {
    const last = async () => (await bench.identities.ledger.about('p', ['web-1'])).get('web-1')?.refused
    await report({ cpu: 0.5 })
    assert.equal(await last(), null)
    await report({ cpu: 100 })
    assert.deepEqual((await last())?.stats, [{ stat: 'cpu', why: '100 is not a fraction from 0 to 1' }])
    await report({ cpu: 0.5, queue: -1 })
    assert.equal((await last())?.stats[0]?.stat, 'queue')
  })

  it('keep an app’s stat that is called as a figure of the balancer under a name of its own', async () => {
    const { refused } = await report({ cpu: 0.5, p95: 350, inflight: 9, rps: 5, 'rps.p95': 1, P95: 2 })
    assert.deepEqual(refused, [])
    assert.deepEqual(stored(), [{ cpu: 0.5, 'app.p95': 350, 'app.inflight': 9, 'app.rps': 5, 'rps.p95': 1, P95: 2 }])
  })

  it('hold names that a plain object would mistake', async () => {
    const raw = `{"cpu": 0.5, "__proto__": 1, "constructor": 2, "hasOwnProperty": 3}`
    const body = JSON.stringify(reportAt(bench.clock.now, { samples: [{ at: bench.clock.now, stats: {} }] }))
    const answer = await send(bot, key, null, { raw: Buffer.from(body.replace('"stats":{}', `"stats":${raw}`)) })
    assert.equal(answer.statusCode, 200, answer.body)
    assert.deepEqual(stored(), [{ cpu: 0.5, constructor: 2, hasOwnProperty: 3 }])
    assert.deepEqual(
      answer.json().refused.map(({ stat }: { readonly stat: string }) => stat),
      ['__proto__'],
      'what is left out is named',
    )
  })
})
