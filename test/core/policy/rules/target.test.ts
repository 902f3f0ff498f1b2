import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY } from '../../../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Goal, type Policy } from '../../../../src/core/model/policy.ts'
import { consider, remember } from '../../../../src/core/policy/decide.ts'
import { NO_FIGURES } from '../findings/scene.ts'
import { timeline, type TimelineOptions } from '../timeline.ts'

/** A goal each member is kept at, as the mean shows it. */
const goal = (stat: string, target: number, more: Partial<Goal> = {}): Goal => ({
  stat,
  target,
  how: 'mean',
  across: 'member',
  ...more,
})

/** What is wanted of four idle members that report these values of `stat`. */
function wanted(policy: Partial<Policy>, stat: string, values: readonly number[]): number {
  const options: TimelineOptions = {
    members: values.length,
    act: false,
    stats: (index) => ({ [stat]: values[index]! }),
  }
  return timeline({ tolerance: 0, ...policy, stat }, options)
    .run(60, () => 0.4)
    .at(-1)!.wanted
}

describe('the target', () => {
  it('holds at rest, and says what it sees', () => {
    const pool = timeline()
    const judgements = pool.run(300, () => 0.4)
    assert.ok(judgements.every((judgement) => judgement.kind === 'hold'))
    const last = judgements.at(-1)!
    assert.equal(last.rule, 'withinTolerance')
    assert.equal(last.reason, 'Holding at 1: CPU 40 %, target 80 %.')
    assert.equal(last.formula, 'ceil(0.5 / 1.12) = 1')
    assert.deepEqual(
      last.inputs.find((input) => input.name === 'cpu'),
      { name: 'cpu', value: 0.4, unit: 'fraction' },
    )
  })

  it('orders as many as sit at it, at once, and no more once they are in', () => {
    const pool = timeline({ target: 0.5 }, { members: 4 })
    pool.run(120, () => 1.8)
    const [first] = pool.run(1, () => 3.6)
    assert.equal(first!.to, 7, '3.6 CPUs at 50 %, 12 % over at most')
    assert.match(first!.reason, /^CPU 90 %, target 50 %\./)
    pool.run(600, () => 3.6)
    assert.equal(pool.size(), 7)
  })

  it('is not bothered within the tolerance above it', () => {
    for (const [tolerance, size] of [
      [0.2, 2],
      [0.05, 3],
    ] as const) {
      const pool = timeline({ target: 0.6, tolerance }, { members: 2 })
      pool.run(300, () => 1.38)
      assert.equal(pool.size(), size, `69 % of 60 %, tolerance ${tolerance}`)
    }
  })

  for (const [what, figures] of [
    ['pressure 3 %', { psi: 0.03 }],
    ['run queue 1.1', { load1: 1.1 }],
    ['pressure 2 %, run queue 1', { psi: 0.02, load1: 1 }],
  ] as const) {
    it(`does not believe a full CPU against its witnesses, and names them: ${what}`, () => {
      const pool = timeline({}, { members: 1, stats: (_, cpu, t) => ({ cpu: t < 60 ? cpu : 1, ...figures }) })
      const judgements = pool.run(300, () => 0.2)
      assert.ok(judgements.every(({ kind }) => kind !== 'scaleOut'))
      assert.ok(
        judgements.some(({ reason }) => reason.includes(`CPU 100 %, target 80 %; nobody waits for it: ${what}`)),
        judgements.at(-1)!.reason,
      )
    })
  }

  it('keeps a custom statistic by its mean, its p95, its highest or its sum', () => {
    const values = [10, 20, 30, 100]
    const each = (how: Policy['how']): number => wanted({ target: 50, how }, 'queue_depth', values)
    assert.equal(each('mean'), 3, '115 in all: the fullest alone counts as half a member more than the next')
    assert.equal(each('sum'), 3, 'the same work, told as a sum')
    assert.equal(each('max'), 3, 'as high as the next, and half a member more')
    const agreed = (how: Policy['how']): number => wanted({ target: 50, how }, 'queue_depth', [...values, 100])
    assert.deepEqual([agreed('mean'), agreed('max')], [6, 10], 'what two of them say is believed')
    const twenty = Array.from({ length: 20 }, (_, index) => (index === 19 ? 500 : 50))
    assert.equal(
      wanted({ target: 50, how: 'p95' }, 'queue_depth', [...twenty, ...twenty]),
      40,
      'two of forty are aside',
    )
    assert.equal(
      wanted({ target: 50, how: 'max' }, 'queue_depth', [...twenty, ...twenty]),
      400,
      'the fullest is ten times over',
    )
  })

  it('takes pages that are far too slow for twice the members, not for as many as the times they are over', () => {
    const asked = (seconds: number): number => {
      let memory = EMPTY_MEMORY
      let size = 0
      for (let now = 1; now < 30_000; now += 1000) {
        const members = ['a', 'b'].map((id) => ({
          id,
          phase: 'inService' as const,
          ageMs: 3_600_000 + now,
          removable: false,
          stats: { cpu: 0.1 },
          traffic: { ...NO_FIGURES, rps: 10, p95: seconds },
          lastSampleAt: now,
        }))
        const policy: Policy = { ...DEFAULT_POLICY, stat: 'p95', target: 0.5, max: 20 }
        const seen = consider({ poolId: 'p', pin: null, pause: null, members }, policy, memory, now)
        memory = remember(seen.memory, seen.judgement)
        size = seen.judgement.wanted
      }
      return size
    }
    for (const seconds of [1.2, 10, 300]) assert.equal(asked(seconds), 4, `pages of ${seconds} s`)
    assert.equal(asked(0.7), 3, 'a little too slow')
  })

  it('takes a statistic of the whole pool as what one member carries of it', () => {
    const orders = [120, 120, 120, 120]
    assert.equal(wanted({ target: 50, across: 'pool' }, 'orders', orders), 3, 'all of them tell the same 120')
    assert.equal(wanted({ target: 50, across: 'pool', how: 'sum' }, 'orders', orders), 10, 'each tells its part of 480')
    assert.equal(wanted({ target: 50, across: 'member' }, 'orders', orders), 10)
  })

  it('follows the goal that asks for most, and says which', () => {
    let memory = 0.3
    let depth = 10
    const pool = timeline(
      { also: [goal('memory', 0.8), goal('queue_depth', 100, { how: 'sum', across: 'pool' })] },
      { stats: (index) => ({ memory, ...(index === 0 ? { queue_depth: depth } : {}) }) },
    )
    const calm = pool.run(60, () => 0.5).at(-1)!
    assert.match(calm.reason, /^Holding at 1: CPU 50 %, target 80 %/)
    depth = 400
    const [out] = pool.run(1, () => 0.5)
    assert.equal(out!.to, 4)
    assert.match(out!.reason, /^Queue_depth 400, target 100 \(of all goals, it asks for most\)\./)
    assert.ok(out!.inputs.some((input) => input.name === 'queue_depth' && input.value === 400))
    pool.run(200, () => 0.5)
    memory = 0.96
    const [more] = pool.run(1, () => 0.5)
    assert.ok(more!.to > 4, 'memory at 96 % of each of four')
    assert.match(more!.reason, /^Memory 96 %, target 80 % \(of all goals/)
  })

  it('sees slow searches on idle members', () => {
    const pool = timeline(
      { stat: 'search_ms', target: 250, how: 'p95' },
      { members: 2, stats: (_, served) => ({ search_ms: served > 0.6 ? 400 : 200 }) },
    )
    pool.run(60, () => 1)
    assert.equal(pool.size(), 2)
    const [out] = pool.run(1, () => 1.4)
    assert.equal(out!.to, 3)
    assert.match(out!.reason, /^Search_ms 400, target 250\./)
  })

  it('holds while nobody reports the statistic, and while nobody reports at all', () => {
    const none = timeline({ stat: 'orders', target: 5 }, { members: 2 })
    const unknown = none.run(60, () => 1.9).at(-1)!
    assert.equal(unknown.rule, 'noData')
    assert.equal(unknown.reason, 'Holding at 2: no member reports orders, so nothing is known of the load.')
    const pool = timeline()
    pool.run(60, () => 0.5)
    pool.silence('web-1')
    const last = pool.run(120, () => 1).at(-1)!
    assert.equal(last.rule, 'noData')
    assert.equal(last.reason, 'Holding at 1: no agent reports, so nothing is known of the load.')
    assert.equal(last.wanted, 1)
  })

  it('still sees what a full CPU cannot show when its p95 or its highest is kept', () => {
    for (const how of ['p95', 'max'] as const) {
      const pool = timeline({ how }, { members: 4, reports: ['cpu', 'rps', 'inflight'] })
      pool.run(60, () => 2)
      assert.equal(pool.size(), 4)
      pool.run(5, () => 8)
      assert.ok(pool.size() >= 9, `${how}: 8 CPUs at 80 % are 10 members, ${pool.size()} were ordered`)
    }
  })
})
