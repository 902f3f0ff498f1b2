import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OpenWindow } from '../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../../src/core/model/policy.ts'
import { historyOf } from '../../src/simulate/history.ts'
import { compare, type Compared, type WhatIf } from '../../src/simulate/what-if.ts'

const MINUTE = 60_000
const T = 1_790_000_040_000

/** A quiet member, and from minute 20 to 40 what three would be full of. */
const stretches = Array.from({ length: 60 }, (_, index) => ({
  fromAt: T + index * MINUTE,
  toAt: T + (index + 1) * MINUTE,
  mean: index >= 20 && index < 40 ? 1 : 0.3,
  members: index >= 20 && index < 40 ? 3 : 1,
}))

function job(changed: Partial<Policy>, rest: Partial<WhatIf> = {}): WhatIf {
  const present = { ...DEFAULT_POLICY, max: 4 }
  return {
    history: historyOf(stretches, T)!,
    present,
    changed: { ...present, ...changed },
    dollarsPerHour: 0.01,
    boots: { leastMs: 20_000, mostMs: 20_000, expectedMs: 20_000 },
    ...rest,
  }
}

const run = (changed: Partial<Policy>, rest?: Partial<WhatIf>, open: readonly OpenWindow[] = []): Compared =>
  compare(job(changed, rest), () => open)

describe('a replay under two policies', () => {
  it('is the same for the same policy, and each time', () => {
    const first = run({})
    assert.deepEqual(first.present, first.changed)
    assert.deepEqual(run({}), first)
  })

  it('pays for spare members, and spares the overload', () => {
    const { present, changed } = run({ min: 4, max: 4 })
    assert.ok(present.overloadedS > 10, `${present.overloadedS}: three times the load in a minute`)
    assert.equal(changed.overloadedS, 0)
    assert.ok(Math.abs(changed.memberHours - 4) < 0.1, `${changed.memberHours}`)
    assert.ok(present.memberHours < changed.memberHours)
    assert.deepEqual([changed.peak, changed.changes], [4, 0])
  })

  it('is overloaded as long as the limit holds it', () => {
    const { changed } = run({ max: 1 })
    assert.ok(changed.overloadedS > 18 * 60, `${changed.overloadedS}`)
    assert.equal(changed.peak, 1)
  })

  it('follows budgets and calendar windows as the judgement does', () => {
    assert.equal(run({ maxDollarsPerHour: 0.02 }).changed.peak, 2)
    const open = [{ name: 'Always', min: 3, max: null, until: T * 2 }]
    const { changed } = run({}, {}, open)
    assert.ok(changed.memberHours > 2.9, `${changed.memberHours}`)
  })

  it('does not count what it warms up on', () => {
    const history = historyOf(stretches, T + 45 * MINUTE)!
    const { present, drawn } = run({}, { history })
    assert.ok(present.memberHours < 4 * 0.25 + 0.01, `${present.memberHours}`)
    assert.equal(drawn.at[0], T + 45 * MINUTE)
  })

  it('leaves out what nobody recorded', () => {
    const holed = [...stretches.slice(0, 30), ...stretches.slice(50)]
    const { changed } = run({ min: 2, max: 2 }, { history: historyOf(holed, T)! })
    assert.ok(Math.abs(changed.memberHours - (2 * 40) / 60) < 0.01, `${changed.memberHours}`)
    assert.ok(changed.overloadedS < 12 * 60, `${changed.overloadedS}: the hole goes on like the rush before it`)
  })

  it('never holds more than the maximum, not even at the beginning', () => {
    const busy = stretches.map((stretch) => ({ ...stretch, mean: 1, members: 3 }))
    assert.equal(run({ max: 2 }, { history: historyOf(busy, T)! }).changed.peak, 2)
  })

  it('draws demand and members of every slice of what counts', () => {
    const { drawn } = run({ min: 2 })
    assert.deepEqual(
      [drawn.demand.length, drawn.present.length, drawn.changed.length],
      [drawn.at.length, drawn.at.length, drawn.at.length],
    )
    assert.ok(drawn.at.length <= 240 && drawn.at.length > 200)
    assert.equal(drawn.at[1]! - drawn.at[0]!, drawn.sliceMs)
    assert.ok(Math.abs(Math.max(...drawn.demand) - 3) < 0.01)
    assert.equal(Math.min(...drawn.changed), 2)
    assert.ok(Math.max(...drawn.present) >= 3)
  })

  describe('that scale by other stats', () => {
    const queued = { stat: 'queue_depth', target: 100, max: 6 } as const
    /** Nothing to do for the CPU; of the queue, what five carry from minute 20 to 40. */
    const quiet = stretches.map((stretch) => ({ ...stretch, mean: 0.1, members: 1 }))
    const queue = stretches.map((stretch, index) => ({
      ...stretch,
      mean: index >= 20 && index < 40 ? 500 : 40,
      members: 1,
    }))
    const replayed = (changed: Partial<Policy>, others: WhatIf['others'] = { queue_depth: queue }): Compared =>
      run({ ...queued, ...changed }, { history: historyOf(quiet, T)!, others })

    it('have as many members as what was recorded asks for, shared among them', () => {
      const { present, changed, drawn } = replayed({})
      assert.equal(present.peak, 1, 'the CPU alone asks for one')
      assert.ok(changed.peak >= 5 && changed.peak <= 6, `${changed.peak}`)
      assert.ok(changed.memberHours < 4.5, `${changed.memberHours}: it comes down again`)
      assert.ok(Math.abs(Math.max(...drawn.demand) - 5) < 0.1, 'demand is in members at the target')
    })

    it('follow the record of several members together', () => {
      const both = queue.map((stretch) => ({ ...stretch, mean: stretch.mean / 4, members: 4 }))
      assert.deepEqual(replayed({}, { queue_depth: both }), replayed({}))
    })

    it('see a figure of the whole pool whole, however many tell it', () => {
      const told = queue.map((stretch) => ({ ...stretch, members: 3 }))
      const whole = replayed({ across: 'pool', how: 'mean' }, { queue_depth: told })
      assert.ok(whole.changed.peak >= 5 && whole.changed.peak <= 6, `${whole.changed.peak}`)
      const summed = replayed({ across: 'pool', how: 'sum', max: 20 }, { queue_depth: told })
      assert.ok(summed.changed.peak >= 14, `${summed.changed.peak}: here each tells its part`)
    })

    it('keep several goals, whichever asks for most', () => {
      const also = {
        stat: 'cpu',
        target: 0.8,
        also: [{ stat: 'queue_depth', target: 100, how: 'mean', across: 'member' }],
      } as const
      assert.ok(replayed(also).changed.peak >= 5)
      assert.equal(replayed(also, {}).changed.peak, 1, 'what is not on record asks for nothing')
    })

    it('start as large as the stat asks for', () => {
      const high = queue.map((stretch) => ({ ...stretch, mean: 400 }))
      const { changed } = replayed({}, { queue_depth: high })
      assert.ok(changed.memberHours > 3.9, `${changed.memberHours}`)
    })
  })
})
