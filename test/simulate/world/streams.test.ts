import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { calm, watch } from './made.ts'

/** Streams of each member at each second. */
function held(
  streams: (t: number) => number,
  size: (t: number) => number,
  streamS = 100,
): readonly (readonly number[])[] {
  const { views } = watch(() => 5, size, calm('fluid', { streams, streamS, bootS: [10, 10] }), 600)
  return views.map((view) => view.members.map(({ traffic }) => traffic?.streaming ?? 0))
}
const total = (one: readonly number[]): number => one.reduce((sum, value) => sum + value, 0)

describe('open connections', () => {
  it('are as many as there are wanted, also when they become fewer', () => {
    const seen = held(
      (t) => (t < 300 ? 90 : 30),
      () => 3,
    )
    assert.deepEqual(seen[200], [30, 30, 30])
    assert.deepEqual(seen[400], [10, 10, 10])
  })

  it('stay where they are: a newcomer gets the new ones only', () => {
    const seen = held(
      () => 100,
      (t) => (t < 100 ? 1 : 2),
    )
    const [old, fresh] = seen[115]!
    assert.ok(old! > 85 && fresh! > 1 && fresh! < 15, `${old} and ${fresh}`)
    const later = seen[590]!
    assert.ok(Math.abs(later[0]! - later[1]!) < 3, 'in time they are even')
    assert.ok(seen.every((one) => Math.abs(total(one) - 100) <= 1))
  })

  it('come again elsewhere when their member leaves', () => {
    const seen = held(
      () => 100,
      (t) => (t < 100 ? 2 : 1),
    )
    assert.deepEqual(seen[98], [50, 50])
    assert.deepEqual(seen[101], [100, 0], 'the second one drains')
  })
})
