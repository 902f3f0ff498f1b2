import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Stats } from '../../../../src/core/model/sample.ts'
import { timeline } from '../timeline.ts'

/** Two members at 30 % for twenty minutes; then something else takes the first one's CPU for two hours, or does not. */
function twoMembers(first: (served: number) => Stats): number {
  let job = false
  const pool = timeline(
    {},
    {
      members: 2,
      reports: ['cpu', 'rps', 'psi', 'load1'],
      stats: (index, served) => (job && index === 0 ? first(served) : {}),
    },
  )
  pool.run(60, () => 0.9)
  job = true
  pool.run(7200, () => 0.6)
  return pool.size()
}

describe('a member that spends its CPU on something else', () => {
  it('does not carry visitors alone, so the other one stays', () => {
    const cases: readonly [string, Stats][] = [
      ['an indexer', { cpu: 1, psi: 0.9 }],
      ['a backup', { cpu: 0.9, psi: 0.5 }],
      ['an agent too old for pressure', { cpu: 0.95, psi: 0.2 }],
    ]
    for (const [what, stats] of cases)
      assert.equal(
        twoMembers(() => stats),
        2,
        what,
      )
  })

  it('is free for visitors where the job gives way, and the other one may leave', () => {
    assert.equal(
      twoMembers(() => ({ cpu: 1, psi: 0.01, load1: 1 })),
      1,
    )
    assert.equal(
      twoMembers((served) => ({ cpu: served, psi: 0 })),
      1,
      'no job at all',
    )
  })
})
