import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStatsBook } from '../../agent/core/stats.ts'
import type { StatsBook } from '../../agent/core/stats.ts'
import { parseStatsd } from '../../agent/core/statsd.ts'

const book = (): StatsBook => createStatsBook(() => 0.5, 0)

function feed(stats: StatsBook, text: string, now: number): boolean[] {
  return parseStatsd(text).metrics.map((metric) => stats.measure(metric, now))
}

describe('agent StatsD', () => {
  it('ignores bad lines and counts them', () => {
    const { metrics, bad } = parseStatsd(
      'ok:1|c\nnonsense\n:1|c\nx:abc|g\nx:1|q\nx:1|c|@0\nx:1|c|@2\n1x:1|g\nx:1e999|g\nslow:-5|ms\n\nfine:2|g|#env:prod\n',
    )
    assert.deepEqual(
      metrics.map((metric) => metric.name),
      ['ok', 'fine'],
    )
    assert.equal(bad, 9)
  })

  it('sets gauges, and changes them where the value is signed', () => {
    const stats = book()
    feed(stats, 'jobs:10|g\njobs:+5|g\njobs:-3|g\nother:-2|g', 100)
    assert.deepEqual(stats.take(1_000), { jobs: 12, other: -2 })
  })

  it('turns counters into a rate per second over the period, scaled by their sample rate', () => {
    const stats = book()
    feed(stats, 'hits:3|c\nhits:1|c|@0.1', 500)
    assert.deepEqual(stats.take(2_000), { hits: 6.5 })
    assert.deepEqual(stats.take(3_000), { hits: 0 }, 'a silent counter is zero, not its last value')
    feed(stats, 'hits:10|c', 3_500)
    assert.deepEqual(stats.take(8_000), { hits: 2 })
  })

  it('sums up timers of the period and forgets them', () => {
    const stats = book()
    feed(stats, Array.from({ length: 100 }, (_, index) => `db:${index + 1}|ms`).join('\n'), 10)
    assert.deepEqual(stats.take(1_000), { 'db.p95': 95, 'db.mean': 50.5, 'db.count': 100 })
    assert.deepEqual(stats.take(2_000), {})
    feed(stats, 'db:4|ms|@0.5', 2_100)
    assert.deepEqual(stats.take(3_000), { 'db.p95': 4, 'db.mean': 4, 'db.count': 2 })
  })

  it('keeps a bounded, fair choice of very many timer values', () => {
    let seed = 1
    const stats = createStatsBook(() => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647, 0)
    for (let index = 0; index < 20_000; index += 1) {
      stats.measure({ kind: 'timer', name: 't', ms: index % 1_000, times: 1 }, 1)
    }
    const taken = stats.take(1_000)
    assert.equal(taken['t.count'], 20_000)
    assert.ok(Math.abs((taken['t.p95'] ?? 0) - 950) < 40, String(taken['t.p95']))
  })
})

describe('agent reported stats', () => {
  it('repeats a reported value for a minute, then forgets it', () => {
    const stats = book()
    assert.deepEqual(stats.report({ queue: 7 }, 1_000), [])
    assert.deepEqual(stats.take(2_000), { queue: 7 })
    assert.deepEqual(stats.take(60_000), { queue: 7 })
    assert.deepEqual(stats.take(61_001), {})
  })

  it('takes nothing when one of the stats is wrong, and says which and why', () => {
    const stats = book()
    const refused = stats.report({ good: 1, '1bad': 2, text: '3', cpu: 1, big: 1e300, nan: Number.NaN }, 0)
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['1bad', 'text', 'cpu', 'big', 'nan'],
    )
    assert.deepEqual(stats.take(1), {})
  })

  it('never carries more stats than the bot keeps, whatever their source', () => {
    const stats = book()
    const names = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`s${index}`, index]))
    assert.deepEqual(stats.report(names, 0), [])
    assert.equal(stats.report({ more: 1 }, 0).length, 1)
    assert.deepEqual(feed(stats, 'more:1|g\nmore:1|c\nmore:1|ms\ns1:5|g', 0), [false, false, false, true])
    assert.equal(Object.keys(stats.take(1)).length, 60)
    assert.deepEqual(stats.report({ more: 1 }, 200_000).length, 1, 'a forgotten name still counts')
  })

  it('keeps only the stats the bot allows, once told', () => {
    const stats = book()
    stats.report({ a: 1, b: 2 }, 0)
    feed(stats, 'c:1|c\nd:1|ms', 0)
    stats.restrict(['cpu', 'b', 'e'])
    assert.deepEqual(stats.take(1), { b: 2 })
    assert.equal(stats.report({ a: 1 }, 2).length, 1)
    assert.deepEqual(stats.report({ e: 1 }, 2), [])
  })

  it('has news when a stat is new or has doubled, until a sample has carried it', () => {
    const stats = book()
    assert.equal(stats.hasNews(), false)
    stats.report({ queue: 10 }, 0)
    assert.equal(stats.hasNews(), true)
    stats.take(1)
    stats.report({ queue: 15 }, 2)
    assert.equal(stats.hasNews(), false)
    stats.report({ queue: 20 }, 3)
    assert.equal(stats.hasNews(), true)
  })
})
