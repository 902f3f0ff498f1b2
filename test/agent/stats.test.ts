import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStatsBook, type StatsBook } from '../../agent/core/stats.ts'
import { parseStatsd, parseStatsdLine } from '../../agent/core/statsd.ts'
import { STAT_NAME } from '../../src/core/model/sample.ts'

const book = (): StatsBook => createStatsBook(() => 0.5, 0)

/** Whether each metric was taken. */
function feed(stats: StatsBook, text: string, now: number): boolean[] {
  return parseStatsd(text).metrics.map((metric) => stats.measure(metric, now) === null)
}

describe('agent StatsD', () => {
  it('ignores lines it does not understand, and hands them back as they came', () => {
    const bad = [
      'nonsense',
      ':1|c',
      'x:abc|g',
      'x:1|q',
      'x:1|c|@0',
      'x:1|c|@2',
      'x:1|c|@often',
      'x:1e999|g',
      'x:NaN|g',
      'x:1:|d',
      'x:1:two|d',
      'x:|s',
      'slow:-5|ms',
      'x:1',
      '|c',
    ]
    const read = parseStatsd(`ok:1|c\n${bad.join('\n')}\n\nfine:2|g|#env:prod\n`)
    assert.deepEqual(
      read.metrics.map((metric) => metric.name),
      ['ok', 'fine'],
    )
    assert.deepEqual(read.bad, bad)
    assert.equal(read.lines, bad.length + 2)
  })

  it('takes the fields of today’s clients after the type, in any order, and passes over those it does not know', () => {
    const ci = 'c:ci-c0abc8a0a1a50261663dcfe13d8354e4'
    for (const fields of [
      ci,
      `c:in-4026533|#env:prod,pod_name:web-1|T1656581400`,
      `T1656581400|@0.5|${ci}`,
      `#a:b,@x,c|@0.5|e:it-false,cn-nginx,pu-75a2b6d5|card:low|new:field`,
    ]) {
      const { metrics, bad } = parseStatsd(`page.views:3|c|${fields}`)
      assert.deepEqual(bad, [], fields)
      const times = fields.includes('@0.5') ? 2 : 1
      assert.deepEqual(metrics, [{ kind: 'counter', name: 'page.views', value: 3, times }], fields)
    }
  })

  it('reads several values of one line as several lines', () => {
    const stats = book()
    feed(stats, 'search:21:43.2:1657|d|#tags|c:x\nhits:1:2:3|c|@0.5\njobs:5:-2:+4|g\nheat:-3:1|h', 100)
    assert.deepEqual(stats.take(1_000), {
      'search.p95': 1657,
      'search.mean': (21 + 43.2 + 1657) / 3,
      'search.count': 3,
      hits: 12,
      jobs: 7,
      'heat.p95': 1,
      'heat.mean': -1,
      'heat.count': 2,
    })
  })

  it('reads several values with a type each, as Etsy’s own server does, whole or not at all', () => {
    const stats = book()
    feed(stats, 'glork:320|ms:1|c|@0.1\nheap:5|g:+2|g:-1|g', 100)
    const taken = stats.take(1_000)
    assert.deepEqual([taken['glork.count'], taken['glork.p95'], taken['glork'], taken['heap']], [1, 320, 10, 6])
    const rates = book()
    feed(rates, 'gorets:1|c|@0.1:320|ms|@0.5:280|ms|#a:b', 100)
    const sampled = rates.take(1_000)
    assert.deepEqual([sampled['gorets'], sampled['gorets.count'], sampled['gorets.mean']], [10, 3, 300])
    for (const line of [
      'a:1|c:2',
      'a:1|c:|g',
      'a:1|c:x|g',
      'a:1|c:2|nope',
      'a:1|c::2|g',
      'a:1|c|@2:1|c',
      'a:1|c|@0.1:2',
    ]) {
      assert.equal(parseStatsdLine(line), null, line)
    }
    // What stands in fields has colons as well.
    for (const line of ['a:1|c|c:x', 'a:1|c|#c:1,g:2', 'a:1|ms|T1:2|c:in-4026533', 'a:1:2|g|#x:1|g:3']) {
      assert.equal(parseStatsdLine(line)?.kind, 'metrics', line)
    }
  })

  it('reads a datagram of 64 KB whatever it is full of', () => {
    const full: readonly (readonly [unit: string, end: string, metrics: number])[] = [
      ['1|c:', '1|c', 16_001],
      ['1|c:', '1|nope', 0],
      ['1|ms:2|g:', '3|c', 16_001],
      ['a|s:', 'b|s', 16_001],
      ['1:', '1|c', 32_001],
      [':', '1|c', 0],
      ['|', '1|c', 0],
      ['x|', '1|c', 0],
    ]
    for (const [unit, end, metrics] of full) {
      const repeats = unit === '1|ms:2|g:' ? 8_000 : Math.floor(64_000 / unit.length)
      const read = parseStatsd(`a:${unit.repeat(repeats)}${end}`)
      assert.deepEqual([read.lines, read.metrics.length, read.bad.length], [1, metrics, metrics === 0 ? 1 : 0], unit)
    }
  })

  it('takes a NUL, a space or a mark of the byte order around a line for nothing', () => {
    for (const text of ['\uFEFFa:1|c', ' a:1|c \0', '\0\0a:1|c', '\ta:1|c\0\r\n\0']) {
      const { metrics, bad, lines } = parseStatsd(text)
      assert.deepEqual([metrics.map(({ name }) => name), bad, lines], [['a'], [], 1], JSON.stringify(text))
    }
  })

  it('counts a line that is cut in the middle as not understood, and takes its neighbours', () => {
    const { metrics, bad } = parseStatsd('a:1|c\nsearch:12.\nb:2|g\nsearch:|ms\n|c\n:1|c\nc:3|')
    assert.deepEqual(
      metrics.map(({ name }) => name),
      ['a', 'b'],
    )
    assert.deepEqual(bad, ['search:12.', 'search:|ms', '|c', ':1|c', 'c:3|'])
  })

  it('takes packets that end with a NUL, CRLF or nothing, and skips empty lines', () => {
    for (const text of ['a:1|c\nb:2|g\0', 'a:1|c\r\nb:2|g\r\n', '\n\na:1|c\n \nb:2|g', 'a:1|c\0b:2|g\0\0', '\0']) {
      const { metrics, bad } = parseStatsd(text)
      const names = metrics.map(({ name }) => name)
      assert.deepEqual([names, bad], [text === '\0' ? [] : ['a', 'b'], []], JSON.stringify(text))
    }
  })

  it('knows events, service checks and clients that talk about themselves, which are no stats', () => {
    const text = [
      '_e{21,36}:An exception occurred|Cannot parse CSV file from 10.0.0.17|t:warning|#err_type:bad_file',
      '_sc|Redis connection|2|#env:dev|m:Redis connection timed out after 10s',
      'datadog.dogstatsd.client.metrics:42|c|#client:py,client_version:0.49.0',
    ]
    const { metrics, ignored, bad } = parseStatsd(text.join('\n'))
    assert.deepEqual([metrics, ignored, bad], [[], 3, []])
  })

  it('maps names with odd characters always the same way', () => {
    for (const [name, kept] of [
      ['GET /v1/users', 'GET__v1_users'],
      ['caffè.latte', 'caff_.latte'],
      ['😀', 'x_'],
      ['/var/log', 'x_var_log'],
      ['1min.load', 'x1min.load'],
      ['_internal', 'x_internal'],
      ['user@host', 'user_host'],
      ['hits,region=eu,az=a', 'hits'],
      ['hits;region=eu', 'hits'],
      ['hits#region=eu', 'hits'],
      ['hits[region=eu]', 'hits'],
      [' padded ', 'padded'],
    ] as const) {
      assert.deepEqual(
        parseStatsd(`${name}:1|g`).metrics.map((metric) => metric.name),
        [kept],
        name,
      )
    }
  })

  it('keeps long names apart, and leaves a timer’s three stats their place', () => {
    const long = 'service.'.repeat(20)
    const [a, b] = parseStatsd(`${long}a:1|ms\n${long}b:1|ms`).metrics
    assert.notEqual(a?.name, b?.name)
    const stats = book()
    assert.deepEqual(feed(stats, `${long}a:1|ms\n${long}a:2|ms`, 1), [true, true])
    const names = Object.keys(stats.take(2))
    assert.equal(names.length, 3)
    assert.ok(names.every((name) => STAT_NAME.test(name) && name.startsWith('service.service.')))
  })

  it('counts the different members of a set over ten seconds at least, whatever is in them', () => {
    const stats = book()
    feed(stats, 'users:ada|s\nusers:bob|s|#a:b\nusers:ada|s\nclients:fe80::1|s\nclients:fe80::2|s', 1_000)
    assert.deepEqual(stats.take(2_000), { users: 2, clients: 2 })
    feed(stats, 'users:eve|s', 5_000)
    assert.deepEqual(stats.take(6_000), { users: 3, clients: 2 }, 'taken soon after, nobody is forgotten')
    assert.deepEqual(stats.take(14_000), { users: 1, clients: 0 })
    assert.deepEqual(stats.take(61_001), { users: 0 }, 'a minute later')
    assert.deepEqual(stats.take(66_000), {})
  })

  it('keeps the base of a gauge by deltas through a quiet minute, and samples it only while it is fresh', () => {
    const stats = book()
    feed(stats, 'connections:0|g\nconnections:+40|g', 1_000)
    assert.deepEqual(stats.take(2_000), { connections: 40 })
    assert.deepEqual(stats.take(75_000), {})
    feed(stats, 'connections:-1|g', 76_000)
    assert.deepEqual(stats.take(77_000), { connections: 39 })
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
      stats.measure({ kind: 'timer', name: 't', value: index % 1_000, times: 1 }, 1)
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
    const names = Object.fromEntries(Array.from({ length: 59 }, (_, index) => [`s${index}`, index]))
    assert.deepEqual(stats.report(names, 0), [])
    assert.equal(stats.report({ more: 1 }, 0).length, 1)
    assert.deepEqual(feed(stats, 'more:1|g\nmore:1|c\nmore:1|ms\ns1:5|g', 0), [false, false, false, true])
    assert.equal(Object.keys(stats.take(1)).length, 59)
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

  it('keeps an app’s stat that is called as a figure of the balancer as the app’s own, and says so', () => {
    const stats = book()
    assert.deepEqual(stats.report({ p95: 350, queue: 1 }, 0), [])
    feed(stats, 'inflight:9|g\nrps:5|c\nrps.p95:1|g', 0)
    assert.deepEqual(stats.take(1_000), { 'app.p95': 350, queue: 1, 'app.inflight': 9, 'app.rps': 5, 'rps.p95': 1 })
    assert.deepEqual(stats.renamed, { p95: 'app.p95', inflight: 'app.inflight', rps: 'app.rps' })
  })

  it('says why a StatsD metric is not taken', () => {
    const stats = book()
    const [memory] = parseStatsd('memory:5|g').metrics
    assert.deepEqual(stats.measure(memory!, 0), {
      name: 'memory',
      why: 'the agent measures this itself; choose another name',
    })
  })

  it('lets no metric hide one of another kind that has its name, and says so, until that is forgotten', () => {
    const stats = book()
    const whyNot = (line: string, now: number): string | undefined => {
      const [metric] = parseStatsd(line).metrics
      return stats.measure(metric!, now)?.why
    }
    assert.equal(whyNot('jobs:7|g', 1), undefined)
    assert.equal(whyNot('jobs:1|c', 2), 'there is a gauge of that name; give the counter another')
    assert.equal(whyNot('jobs:anna|s', 3), 'there is a gauge of that name; give the set another')
    assert.equal(whyNot('jobs:12|ms', 4), undefined, 'its names are jobs.p95 and the like')
    assert.equal(whyNot('slow.p95:7|g', 5), undefined)
    assert.equal(whyNot('slow:12|ms', 6), 'there is a gauge of that name; give the timer another')
    assert.deepEqual([stats.take(1_000)['jobs'], whyNot('jobs:2|g', 1_001)], [7, undefined])
    assert.equal(whyNot('jobs:1|c', 62_000), undefined)
    assert.equal(stats.take(63_000)['jobs'], 1 / 62)
    assert.equal(stats.report({ jobs: 5 }, 63_001)[0]?.why, 'there is a counter of that name; give the gauge another')
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
