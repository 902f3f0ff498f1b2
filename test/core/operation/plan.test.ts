import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type PoolState, applyChange } from '../../../src/core/pool/state.ts'
import { leaving, plan } from '../../../src/core/operation/plan.ts'
import { ada, exampleDecision, exampleMember, fullState, T } from '../../store/example-state.ts'

const ids = (): (() => string) => {
  let made = 0
  return () => `id${++made}`
}
const base = (clones: number): PoolState => ({
  ...fullState(),
  operations: [],
  episodes: [],
  protections: {},
  members: Array.from({ length: clones + 1 }, (_, index) => exampleMember(`web-${index + 1}`)),
  nextMember: clones + 2,
})
const out = (from: number, to: number) => exampleDecision({ kind: 'scaleOut', from, to })
const inward = (from: number, to: number) => exampleDecision({ kind: 'scaleIn', from, to })

describe('plan', () => {
  it('names clones after the pool, counting on from two', () => {
    const made = plan(base(0), out(1, 3), ada, T, ids())!
    assert.deepEqual(
      made.members.map((member) => [member.id, member.role, member.phase, member.dropletId]),
      [
        ['web-2', 'clone', 'creating', null],
        ['web-3', 'clone', 'creating', null],
      ],
    )
    assert.deepEqual(
      made.operations.map((operation) => [operation.kind, operation.step, operation.memberId, operation.snapshotId]),
      [
        ['scaleOut', 'create', 'web-2', 'golden'],
        ['scaleOut', 'create', 'web-3', 'golden'],
      ],
    )
    assert.equal(made.members[0]?.operationId, made.operations[0]?.id)
    assert.deepEqual(
      made.episode.operationIds,
      made.operations.map((operation) => operation.id),
    )
    assert.equal(made.change.memory?.lastScaleOutAt, T)
  })

  it('never uses a name again, not even of clones that are long gone', () => {
    const newId = ids()
    const names = new Set<string>()
    let state = base(0)
    for (let round = 0; round < 5; round++) {
      const made = plan(state, out(1, 3), ada, T, newId)!
      for (const member of made.members) {
        assert.ok(!names.has(member.id), member.id)
        names.add(member.id)
      }
      state = applyChange(state, made.change)
      state = applyChange(state, { members: { remove: made.members.map((member) => member.id) } })
    }
    assert.equal(names.size, 10)
    assert.ok(names.has('web-11'))
  })

  it('lets the newest clones in service leave, and never the origin', () => {
    const made = plan(base(3), inward(4, 2), ada, T, ids())!
    assert.deepEqual(
      made.members.map((member) => [member.id, member.phase]),
      [
        ['web-4', 'draining'],
        ['web-3', 'draining'],
      ],
    )
    assert.deepEqual(
      made.operations.map((operation) => [operation.dropletId, operation.url]),
      [
        ['d4', 'http://10.0.0.4:80'],
        ['d3', 'http://10.0.0.3:80'],
      ],
    )
    assert.equal(made.change.nextMember, undefined)
    const all = plan(base(3), inward(4, 0), ada, T, ids())!
    assert.deepEqual(all.members.map((member) => member.id).toSorted(), ['web-2', 'web-3', 'web-4'])
    assert.equal(all.episode.to, 1, 'the card tells what really happens')
    assert.equal(plan(base(0), inward(1, 0), ada, T, ids()), null)
  })

  it('spares the protected while it lasts, and those not in service', () => {
    const guard = (expiresAt: number | null) => ({ owner: ada, reason: '', at: T, expiresAt })
    const state: PoolState = {
      ...base(4),
      protections: { 'web-5': guard(null), 'web-4': guard(T + 1), 'web-3': guard(T) },
    }
    const booting = { ...state, members: [...state.members, exampleMember('web-6', { phase: 'booting' })] }
    const names = (now: number) => leaving(booting, 9, now).map((member) => member.id)
    assert.deepEqual(names(T), ['web-3', 'web-2'])
    assert.deepEqual(names(T + 1), ['web-4', 'web-3', 'web-2'])
  })

  it('is nothing when nothing changes', () => {
    assert.equal(plan(base(1), exampleDecision({ kind: 'hold', from: 2, to: 2 }), ada, T, ids()), null)
  })
})
