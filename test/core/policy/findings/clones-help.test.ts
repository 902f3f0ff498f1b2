import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { raised } from '../../../../src/core/policy/findings/standing.ts'
import { changesOf, timeline, type Timeline, type TimelineOptions } from '../timeline.ts'

/** Members that have so much CPU in use by themselves, clones as well, beside their share of the visitors' load. */
function busy(own: (t: number) => number, options: TimelineOptions = {}): Timeline {
  return timeline(
    { max: 100 },
    { reports: ['cpu'], bootSeconds: 45, ...options, stats: (_, served, t) => ({ cpu: Math.min(1, own(t) + served) }) },
  )
}
const told = (pool: Timeline): readonly string[] =>
  raised(pool.memory().load!.found.standing).map(({ finding }) => finding.kind)

describe('clones that do not help', () => {
  for (const [own, members] of [
    [0.92, 1],
    [0.93, 2],
    [0.91, 5],
  ] as const) {
    it(`are not followed by more: ${own * 100} % CPU at each, however many of ${members}`, () => {
      const pool = busy(() => own, { members })
      const judgements = pool.run(1200, () => 0)
      assert.ok(pool.size() <= 3 * members, changesOf(judgements).join(', '))
      const last = judgements.at(-1)!
      assert.equal(last.rule, 'noHelp')
      assert.match(
        last.reason,
        /^Holding at \d+: would go to \d+\. .*CPU stayed at 9\d % when the pool grew from \d+ to \d+; another clone would not help\.$/,
      )
      assert.deepEqual(told(pool), ['noHelp'])
    })
  }

  it('are bounded where CPUs are full, though twice and ten times too much look alike there', () => {
    for (const members of [1, 2, 3]) {
      const pool = busy(() => 1, { members })
      const judgements = pool.run(700, () => 0)
      assert.ok(
        pool.size() >= 12 * members && pool.size() <= 24 * members,
        `${members}: ${changesOf(judgements).join(', ')}`,
      )
      assert.equal(judgements.at(-1)!.rule, 'noHelp')
    }
  })

  it('are tried again after half an hour', () => {
    const pool = busy(() => 0.92, { members: 2 })
    pool.run(1200, () => 0)
    const size = pool.size()
    const later = pool.run(1500, () => 0)
    assert.ok(pool.size() > size, changesOf(later).join(', '))
    assert.equal(later.at(-1)!.rule, 'noHelp')
  })

  it('are forgotten once their CPU falls, and once there is more load than there was', () => {
    const pool = busy((t) => (t < 900 ? 0.9 : 0.3), { members: 2 })
    pool.run(900, () => 0)
    assert.deepEqual(told(pool), ['noHelp'])
    const size = pool.size()
    const gone = busy((t) => (t < 900 ? 0.9 : 0.3), { members: 2 })
    gone.run(1000, () => 0)
    assert.deepEqual(told(gone), [])
    // Visitors come on top of it: CPUs are full.
    const more = pool.run(60, () => 4)
    assert.ok(pool.size() > size, changesOf(more).join(', '))
    assert.equal(more.findLast(({ kind }) => kind === 'scaleOut')?.rule, 'target')
  })
})

describe('a front page on a pool that reports only CPU', () => {
  for (const [members, from, to, bootSeconds] of [
    [1, 0.5, 5, 60],
    [1, 0.6, 9, 45],
    [2, 1.2, 12, 45],
    [3, 2, 8, 90],
    [1, 0.5, 5, 20],
  ] as const) {
    it(`is met: from ${from} to ${to} CPUs on ${members}, boots of ${bootSeconds} s`, () => {
      const pool = timeline({ max: 60 }, { reports: ['cpu'], members, bootSeconds })
      pool.run(300, () => from)
      const judgements = pool.run(900, () => to)
      assert.ok(
        judgements.every(({ rule }) => rule !== 'noHelp'),
        changesOf(judgements).join(', '),
      )
      assert.ok(pool.size() >= to, `${pool.size()} members for ${to} CPUs`)
    })
  }

  it('is met when it goes on rising as fast as clones come in', () => {
    const pool = timeline({ max: 60 }, { reports: ['cpu'], members: 2, bootSeconds: 60 })
    pool.run(300, () => 1.4)
    const judgements = pool.run(900, (t) => 1.4 * 2 ** (t / 240))
    assert.ok(pool.slowSeconds() < 400, `${pool.slowSeconds()} slow seconds; ${changesOf(judgements).join(', ')}`)
    assert.ok(pool.size() >= 18, changesOf(judgements).join(', '))
  })

  it('is met where load rises by as much as clones take off', () => {
    for (const [members, first, then] of [
      [2, 0.9, 0.945],
      [3, 0.9, 0.947],
      [1, 0.898, 0.942],
    ] as const) {
      const pool = timeline(
        { max: 20 },
        { reports: ['cpu'], members, bootSeconds: 30, stats: (_, __, t) => ({ cpu: t < 34 ? first : then }) },
      )
      const judgements = pool.run(80, () => 0)
      assert.ok(
        judgements.slice(45).some(({ kind }) => kind === 'scaleOut'),
        changesOf(judgements).join(', '),
      )
    }
  })

  it('is met at once where pressure or the run queue speaks of it', () => {
    for (const report of ['psi', 'load1'] as const) {
      const pool = timeline({ max: 60 }, { reports: ['cpu', report], members: 1, bootSeconds: 45 })
      pool.run(300, () => 0.5)
      const judgements = pool.run(900, () => 10)
      assert.ok(judgements.every(({ rule }) => rule !== 'noHelp'))
      assert.ok(pool.size() >= 10, changesOf(judgements).join(', '))
    }
  })
})

it('nothing is concluded where requests are told: what they cost tells more', () => {
  const pool = busy(() => 0.92, { members: 2, reports: ['cpu', 'rps'] })
  pool.run(900, () => 0.1)
  assert.deepEqual(pool.memory().load!.help.vain, null)
  assert.ok(!told(pool).includes('noHelp'))
})
