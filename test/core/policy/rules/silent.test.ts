import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Policy } from '../../../../src/core/model/policy.ts'
import type { Stats } from '../../../../src/core/model/sample.ts'
import { changesOf, timeline, type Timeline, type TimelineOptions } from '../timeline.ts'

const TOLD: TimelineOptions = { reports: ['cpu', 'rps', 'inflight'] }

/** Four members that were busy a moment ago, some of which fall silent. */
function losing(...ids: readonly string[]): Timeline {
  const pool = timeline({}, { ...TOLD, members: 4 })
  pool.run(60, () => 2.9)
  for (const id of ids) pool.silence(id)
  return pool
}

describe('silent members', () => {
  it('are not said to send no samples where they only lack the statistic', () => {
    for (const stat of ['jobs', 'queue_depth', 'search_ms']) {
      const stats = (index: number): Stats => (index === 1 ? {} : { [stat]: 3 })
      const last = timeline({ stat, target: 10 }, { members: 3, stats })
        .run(60, () => 0.4)
        .at(-1)!
      assert.equal(last.reason, `Holding at 3: no ${stat} from web-2, and nothing leaves on partial evidence.`)
    }
  })

  it('keep everyone in place for minutes, and are named', () => {
    const pool = losing('web-3')
    const judgements = pool.run(300, () => 0.8)
    assert.deepEqual(changesOf(judgements), [])
    const last = judgements.at(-1)!
    assert.equal(last.rule, 'silentMembers')
    assert.equal(
      last.reason,
      'Holding at 4: no sample from web-3 for over 35 s, and nothing leaves on partial evidence.',
    )
  })

  it('count as busier than the busiest after that, so that one broken agent does not keep a pool for ever', () => {
    const pool = losing('web-3')
    const judgements = pool.run(1200, () => 0.8)
    const first = judgements.find((judgement) => judgement.kind === 'scaleIn')!
    assert.ok(first.at - judgements[0]!.at >= 300_000)
    assert.match(first.reason, /web-3 is silent for long, and counted as busier than the busiest\.$/)
    const careful = losing('web-3')
    careful.run(1200, () => 2.1)
    assert.equal(careful.size(), 4, 'three would fit for those who speak; the silent one may be full')
  })

  it('are counted as present on the way out: those who speak stand for them', () => {
    const pool = losing('web-3')
    pool.run(120, () => 2.9)
    const out = pool.run(20, () => 3.8).find(({ kind }) => kind === 'scaleOut')
    assert.ok(out !== undefined && out.to >= 5)
  })

  it('hold for ever when they are most of the pool: the rest do not speak for them', () => {
    const pool = losing('web-2', 'web-3', 'web-4')
    const judgements = pool.run(3600, () => 0.4)
    assert.deepEqual(changesOf(judgements), [])
    assert.equal(judgements.at(-1)!.rule, 'silentMembers')
    assert.match(judgements.at(-1)!.reason, /no sample from web-2, web-3, web-4 for over 35 s/)
  })

  it('are counted, not listed, when they are many', () => {
    const pool = timeline({}, { ...TOLD, members: 20 })
    pool.run(60, () => 14)
    for (const one of pool.members().slice(3, 9)) pool.silence(one.id)
    assert.match(pool.run(120, () => 4).at(-1)!.reason, /no sample from 6 members \(web-4, …\) for over 35 s/)
  })

  it('begin their time anew when they were reporting in between', () => {
    const pool = losing('web-3')
    pool.run(280, () => 0.8)
    pool.silence('web-3', false)
    pool.run(1, () => 0.8)
    pool.silence('web-3')
    assert.deepEqual(changesOf(pool.run(300, () => 0.8)), [])
  })

  it('are silent only after the time the policy gives them', () => {
    const rules = (staleAfterMs: number): boolean => {
      const pool = timeline({ staleAfterMs }, { ...TOLD, members: 4 })
      pool.run(60, () => 2.9)
      pool.silence('web-3')
      const last = pool.run(30, () => 2.9).at(-1)!
      return last.inputs.find(({ name }) => name === 'silent')!.value === 1
    }
    assert.equal(rules(20_000), true)
    assert.equal(rules(120_000), false)
  })
})

describe('samples fifteen seconds late', () => {
  it('scale out to the same size, later by as much', () => {
    const pool = timeline({}, { ...TOLD, lateSeconds: 15, members: 2 })
    pool.run(60, () => 1)
    const changes = changesOf(pool.run(600, () => 4))
    assert.match(changes[0]!, /^1[56]: 2→[456]$/)
    assert.ok(pool.size() >= 5 && pool.size() <= 10, changes.join(', '))
  })

  it('never scale in wrongly: what left is not still counted on, what came is not taken for idle', () => {
    const pool = timeline({}, { ...TOLD, lateSeconds: 15, members: 6 })
    pool.run(120, () => 4.5)
    const judgements = [...pool.run(1800, () => 2.3), ...pool.run(600, () => 2.3)]
    assert.ok(judgements.some((judgement) => judgement.kind === 'scaleIn'))
    assert.equal(pool.slowSeconds(), 0)
    assert.ok(pool.size() >= 3, `${pool.size()} members for 2.3 CPUs`)
    const first = judgements.findIndex((judgement) => judgement.kind === 'scaleIn')
    assert.ok(
      judgements.slice(first).every((judgement) => judgement.kind !== 'scaleOut'),
      changesOf(judgements).join(', '),
    )
  })

  it('do not make the newest members silent: they were not there yet', () => {
    const pool = timeline({}, { ...TOLD, lateSeconds: 15, members: 2, bootSeconds: 20 })
    pool.run(60, () => 1)
    const judgements = pool.run(120, () => 4)
    assert.ok(judgements.every((judgement) => judgement.inputs.find(({ name }) => name === 'silent')!.value === 0))
  })
})

describe('a goal that nobody reports any more', () => {
  for (const also of [
    { stat: 'queue_depth', target: 5, how: 'mean', across: 'member' },
    { stat: 'queue_depth', target: 5, how: 'sum', across: 'pool' },
    { stat: 'search_ms', target: 250, how: 'p95', across: 'member' },
    // What every object has by itself, and nobody reported.
    { stat: 'constructor', target: 5, how: 'mean', across: 'member' },
    { stat: 'toString', target: 5, how: 'sum', across: 'pool' },
    { stat: 'hasOwnProperty', target: 250, how: 'p95', across: 'member' },
  ] as const) {
    it(`keeps everybody and is named, as with ${also.stat} by its ${also.how}`, () => {
      let told = true
      const pool = timeline(
        { also: [also] },
        { ...TOLD, members: 5, stats: () => (told ? { [also.stat]: also.target } : {}) },
      )
      pool.run(60, () => 2)
      told = false
      const judgements = pool.run(3600, () => 0.3)
      assert.deepEqual(
        judgements.filter((judgement) => judgement.kind === 'scaleIn'),
        [],
      )
      assert.equal(
        judgements.at(-1)!.reason,
        `Holding at ${pool.size()}: nobody reports ${also.stat}, and nothing leaves while that is unknown.`,
      )
    })
  }

  const TARGETS = { queue_depth: 100, jobs: 20 } as const
  const goals = (...stats: readonly (keyof typeof TARGETS)[]): Policy['also'] =>
    stats.map((stat) => ({ stat, target: TARGETS[stat], how: 'mean', across: 'member' }))
  for (const [name, policy, stats, lost] of [
    ['from the start', { also: goals('queue_depth') }, () => ({}), 'queue_depth'],
    [
      'the first of them',
      { stat: 'queue_depth', target: 100, also: [{ stat: 'cpu', target: 0.8, how: 'mean', across: 'member' }] },
      (told: boolean) => (told ? { queue_depth: 100 } : {}),
      'queue_depth',
    ],
    [
      'two of three',
      { also: goals('queue_depth', 'jobs') },
      (told: boolean) => (told ? { queue_depth: 100, jobs: 20 } : {}),
      'queue_depth, jobs',
    ],
    [
      'since its only reporter went silent about it',
      { also: goals('jobs') },
      (told: boolean, index: number) => (told && index === 2 ? { jobs: 20 } : {}),
      'jobs',
    ],
  ] as const) {
    it(`keeps everybody and is named: ${name}`, () => {
      let told = true
      const pool = timeline(policy, { ...TOLD, members: 5, stats: (index) => stats(told, index) })
      pool.run(60, () => 4)
      told = false
      const judgements = pool.run(2400, () => 0.3)
      assert.ok(judgements.every(({ kind }) => kind !== 'scaleIn'))
      assert.match(judgements.at(-1)!.reason, new RegExp(`nobody reports ${lost}, and nothing leaves`))
    })
  }

  it('does not save the pool from growing', () => {
    const pool = timeline({ also: goals('jobs') }, { ...TOLD, members: 2 })
    pool.run(300, () => 0.5)
    pool.run(120, () => 5)
    assert.ok(pool.size() >= 5, String(pool.size()))
  })
})
