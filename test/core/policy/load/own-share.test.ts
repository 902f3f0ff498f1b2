import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { WAYS, type Goal, type Policy } from '../../../../src/core/model/policy.ts'
import { ask } from '../../../../src/core/policy/load/own-share.ts'
import { timeline } from '../timeline.ts'

/**
 * The members a pool comes to in an hour and a half, of a stat of the app's own: `load` members' worth of it, shared by
 * those who serve, except for what the one at `liar` says.
 */
const sizeAfter = (
  policy: Partial<Policy>,
  { members, load, lie = null, liar = 1 }: { members: number; load: number; lie?: number | null; liar?: number },
): number => {
  const { stat = 'queue_depth', target = 100 } = policy
  const pool = timeline(
    { stat, target, ...policy },
    {
      members,
      stepSeconds: 5,
      stats: (index, cpu) => ({ [stat]: index === liar && lie !== null ? lie : cpu * target }),
    },
  )
  pool.run(5400, () => load)
  return pool.size()
}

describe('one member’s word', () => {
  for (const across of ['member', 'pool'] as const) {
    for (const how of WAYS) {
      it(`moves a pool by one member at the most, whatever it says: ${how} across the ${across}`, () => {
        // Of a stat of the whole pool each tells its part of one member's room.
        const load = across === 'pool' && how !== 'sum' ? 0.8 : 2.4
        const honest = sizeAfter({ how, across }, { members: 4, load })
        for (const lie of [1e9, 1e6, 700]) {
          const fooled = sizeAfter({ how, across }, { members: 4, load, lie })
          assert.ok(fooled <= honest + 1, `${lie}: ${fooled} instead of ${honest}`)
          assert.ok(fooled >= honest, `${lie}: ${fooled} instead of ${honest}`)
        }
      })
    }
  }

  for (const [stat, target, extreme] of [
    ['memory', 0.6, 1],
    ['psi', 0.3, 1],
    ['search_ms', 150, 1e9],
    ['app.p95', 0.25, 3600],
  ] as const) {
    it(`is no more than its share at the end of the range of ${stat}`, () => {
      for (const how of ['mean', 'max'] as const) {
        for (const load of [0.5, 3]) {
          const honest = sizeAfter({ stat, target, how }, { members: 5, load })
          const fooled = sizeAfter({ stat, target, how }, { members: 5, load, lie: extreme })
          assert.ok(fooled <= honest + 1, `${how}, ${load}: ${fooled} instead of ${honest}`)
        }
      }
    })
  }

  it('is no more than its share where it says so of one goal of several', () => {
    const also: Policy['also'] = [{ stat: 'queue_depth', target: 100, how: 'max', across: 'member' }]
    const size = (one: number): number => {
      const pool = timeline(
        { also },
        { members: 4, stats: (index, cpu) => ({ queue_depth: index === 3 ? one : cpu * 10 }) },
      )
      pool.run(600, () => 1)
      return pool.size()
    }
    assert.ok(size(1e9) <= size(10) + 1)
  })

  it('of a full CPU, with nobody else to bear it out, moves the pool by one at the most', () => {
    for (const how of WAYS) {
      const size = (lies: boolean): number => {
        const pool = timeline({ how }, { members: 5, stats: (index, cpu) => ({ cpu: index === 1 && lies ? 1 : cpu }) })
        pool.run(600, () => 1.5)
        return pool.size()
      }
      assert.ok(size(true) <= size(false) + 1, `${how}: ${size(true)} instead of ${size(false)}`)
    }
  })

  for (const [name, lie] of [
    ['a full CPU, its run queue and its pressure', { cpu: 1, load1: 1e5, psi: 1 }],
    ['an endless run queue', { load1: 1e5 }],
    ['nothing to do at all', { cpu: 0, load1: 0, psi: 0 }],
  ] as const) {
    it(`is no more than its share though it brings its own witnesses: ${name}`, () => {
      for (const members of [2, 3, 6]) {
        const size = (lies: boolean): number => {
          const pool = timeline(
            {},
            {
              members,
              stepSeconds: 2,
              reports: ['cpu', 'load1', 'psi'],
              stats: (index) => (index === 1 && lies ? lie : {}),
            },
          )
          pool.run(1800, () => 1.4)
          return pool.size()
        }
        assert.ok(Math.abs(size(true) - size(false)) <= 1, `${members}: ${size(true)} instead of ${size(false)}`)
      }
    })
  }

  it('below zero takes no more than its own share away, where a statistic may be', () => {
    for (const how of ['mean', 'sum'] as const) {
      const policy = { how, signed: ['queue_depth'] }
      const silent = sizeAfter(policy, { members: 5, load: 4.2, lie: 0 })
      const fooled = sizeAfter(policy, { members: 5, load: 4.2, lie: -1e9 })
      assert.equal(fooled, silent, 'it counts as nothing, and no more than nothing')
    }
  })

  it('says no more of silent members than the others do', () => {
    const grown = (lies: boolean): number => {
      const pool = timeline(
        { stat: 'queue_depth', target: 100 },
        { members: 4, stats: (index, cpu) => ({ queue_depth: index === 0 && lies ? 1e9 : cpu * 100 }) },
      )
      pool.run(30, () => 2.4)
      pool.silence('web-4')
      pool.run(900, () => 2.4)
      return pool.size()
    }
    assert.ok(grown(true) <= grown(false) + 1)
  })

  it('is believed once another says the same', () => {
    const pool = timeline(
      { stat: 'queue_depth', target: 100, how: 'max', max: 30 },
      { members: 4, stats: (index, cpu) => ({ queue_depth: index < 2 ? 500 : cpu * 100 }) },
    )
    assert.ok(pool.run(3, () => 2.4).some(({ to }) => to >= 18))
  })

  it('is all there is where no other reports the statistic', () => {
    const pool = timeline(
      { stat: 'queue_depth', target: 100, how: 'sum', across: 'pool' },
      { members: 3, stats: (index) => (index === 0 ? { queue_depth: 800 } : {}) },
    )
    pool.run(120, () => 0.1)
    assert.equal(pool.size(), 8)
  })

  it('keeps a pool of two together, instead of going back and forth', () => {
    const pool = timeline(
      { stat: 'queue_depth', target: 100, max: 10 },
      { members: 2, stats: (index) => ({ queue_depth: index === 0 ? 900 : 0 }) },
    )
    const judgements = pool.run(3600, () => 0.1)
    assert.equal(pool.size(), 2)
    assert.ok(judgements.every(({ kind }) => kind === 'hold'))
  })

  it('never asks for more than half a member beyond what it would as the next highest', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.double({ min: 0.05, max: 1000, noNaN: true }),
        fc.constantFrom(...WAYS),
        fc.constantFrom('member', 'pool'),
        fc.nat(5),
        (others, lie, target, how, across, silent) => {
          const goal: Goal = { stat: 'x', target, how, across }
          const reporting = others.length + 1
          const weights = { reporting, members: reporting + silent }
          const demand = (value: number): number => ask(goal, [...others, value], weights).demand
          const usual = Math.max(...others)
          // There is always one, so two are one more.
          return demand(lie) <= Math.max(2, demand(Math.min(lie, usual)) + 0.5) * (1 + 1e-9) + 1e-6
        },
      ),
      { numRuns: 3000 },
    )
  })
})
