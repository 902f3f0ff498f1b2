import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStatsBook } from '../../agent/core/stats.ts'
import { createTextBook } from '../../agent/core/texts.ts'
import { createIntake, type Intake } from '../../agent/shell/intake.ts'
import type { Texts } from '../../src/core/model/report.ts'

const LOG = { info: () => {}, warn: () => {} }

function intake(): {
  readonly intake: Intake
  taken(): Texts | undefined
  numbers(): Readonly<Record<string, number>>
} {
  const [stats, texts] = [createStatsBook(() => 0.5, 0), createTextBook()]
  return {
    intake: createIntake(stats, texts, { log: LOG as never, note: () => {} }),
    taken: () => texts.take(),
    numbers: () => stats.take(performance.now()),
  }
}

describe('texts that programs report', () => {
  it('are counted beside the numbers, a list and a text alone', () => {
    const { intake: it, taken, numbers } = intake()
    assert.deepEqual(it.report({ tags: ['redis', 'bolt', 'redis'], release: 'v2.3', queue: 4 }), [])
    it.report({ tags: ['bolt'] })
    assert.deepEqual(taken(), { tags: { redis: 2, bolt: 2 }, release: { 'v2.3': 1 } })
    assert.deepEqual(numbers(), { queue: 4 })
    assert.equal(taken(), undefined, 'each is taken along once')
  })

  it('of a StatsD set are counted each, and the number of different ones stays', () => {
    const { intake: it, taken, numbers } = intake()
    it.statsd('tags:redis|s\ntags:redis|s\ntags:a:b|s\nusers:42|s')
    assert.deepEqual(taken(), { tags: { redis: 2, 'a:b': 1 }, users: { '42': 1 } })
    assert.deepEqual(numbers(), { tags: 2, users: 1 })
  })

  for (const [what, values, why] of [
    ['a number in quotes', { queue: '12' }, /not quoted; a text that reads as one goes in a list/],
    ['nothing in quotes', { queue: ' ' }, /not quoted/],
    ['a list with a number in it', { tags: ['a', 3] }, /a list holds texts alone/],
    ['a list in a list', { tags: [['a']] }, /a list holds texts alone/],
    ['a name that is none', { 'bad name': 'a' }, /a name starts with a letter/],
    ['a list without end', { tags: Array.from({ length: 501 }, () => 'a') }, /at most 500 texts/],
    [
      'one name too many',
      Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`t${index}`, 'a'])),
      /16 names|names of texts already/,
    ],
    ['one bad number among texts', { tags: ['a'], queue: null }, /finite number/],
  ] as const) {
    it(`refuses ${what}, and then all of the report`, () => {
      const { intake: it, taken, numbers } = intake()
      const [refusal] = it.report({ good: 1, ...values })
      assert.match(refusal?.why ?? '', why)
      assert.equal(taken(), undefined)
      assert.deepEqual(numbers(), {})
    })
  }

  it('that read as numbers are texts in a list, and texts on one line, cut', () => {
    const { intake: it, taken } = intake()
    it.report({ tags: ['42', '4\n2', '  a\u0000b  ', 'x'.repeat(500), '', ' \n '] })
    assert.deepEqual(taken(), { tags: { '42': 1, '4 2': 1, 'a b': 1, ['x'.repeat(80)]: 1 } })
  })

  it('called as parts of objects are texts like others', () => {
    const { intake: it, taken } = intake()
    it.report({ tags: ['constructor', '__proto__', 'toString'] })
    assert.deepEqual(Object.entries(taken()?.['tags'] ?? {}), [
      ['constructor', 1],
      ['__proto__', 1],
      ['toString', 1],
    ])
  })

  it('are so many at most, of any alphabet, that their sample fits a report; the rest is counted as one', () => {
    const { intake: it, taken } = intake()
    for (let name = 0; name < 16; name++) {
      for (let batch = 0; batch < 4; batch++) {
        it.report({ [`t${name}`]: Array.from({ length: 100 }, (_, index) => `${'日'.repeat(76)}${batch}${index}`) })
      }
    }
    const all = taken() ?? {}
    assert.ok(Buffer.byteLength(JSON.stringify(all)) < 200_000)
    const count = Object.values(all)
      .flatMap((counts) => Object.values(counts))
      .reduce((sum, one) => sum + one, 0)
    assert.equal(count, 16 * 400)
    assert.ok((all['t0']?.[''] ?? 0) >= 200)
  })
})
