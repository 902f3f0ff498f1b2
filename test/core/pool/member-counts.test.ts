import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Stretch } from '../../../src/core/model/history.ts'
import { memberCounts } from '../../../src/core/pool/member-counts.ts'
import { exampleMember, fullState, T } from '../../store/example-state.ts'

const MINUTE = 60_000
const range = { fromAt: T, toAt: T + 10 * MINUTE }
const state = { ...fullState(), members: ['web-1', 'web-2', 'web-3'].map((id) => exampleMember(id)) }

function stretches(...members: readonly number[]): readonly Stretch[] {
  return members.map((count, index) => ({
    fromAt: T + index * MINUTE,
    toAt: T + (index + 1) * MINUTE,
    mean: 0.5,
    members: count,
  }))
}

describe('how many members there were', () => {
  it('is told where it changes, and ends with how many are in service now', () => {
    assert.deepEqual(memberCounts(state, stretches(1, 1, 1.9, 2, 2), range, range.toAt), {
      at: [T, T + 2 * MINUTE, range.toAt],
      value: [1, 2, 3],
      most: state.pool.policy.max,
    })
  })

  it('ends as it was where the range has ended long ago', () => {
    assert.deepEqual(memberCounts(state, stretches(1, 2), range, range.toAt + 5 * MINUTE)?.value, [1, 2])
  })

  it('counts those in service alone as present, and is nothing where nobody reported', () => {
    const booting = { ...state, members: [exampleMember('web-1'), exampleMember('web-2', { phase: 'booting' })] }
    assert.deepEqual(memberCounts(booting, stretches(2, 2), range, range.toAt)?.value, [2, 1])
    assert.equal(memberCounts(state, [], range, range.toAt), null)
  })

  it('begins with the range, and is at least one where somebody reported for a moment', () => {
    const counts = memberCounts(
      state,
      [{ fromAt: T - MINUTE, toAt: T + MINUTE, mean: 0.5, members: 0.1 }],
      range,
      Infinity,
    )
    assert.deepEqual(counts?.at, [T])
    assert.deepEqual(counts.value, [1])
  })
})
