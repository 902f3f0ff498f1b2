import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY } from '../../src/core/model/decision.ts'
import type { PoolState } from '../../src/core/model/state.ts'
import { applyChange, decodeState, encodeChange, mergeChanges } from '../../src/store/state-fields.ts'
import type { StateChange } from '../../src/store/state-fields.ts'
import { exampleMember, examplePool, fullState, randomChange, seeded, wholeChange } from './example-state.ts'

/** The change as a hash would take it: all sets, then all deletions. */
function written(fields: Record<string, string>, change: StateChange): Record<string, string> {
  const { set, gone } = encodeChange(change)
  const after = { ...fields }
  for (let index = 0; index < set.length; index += 2) after[set[index]!] = set[index + 1]!
  for (const field of gone) delete after[field]
  return after
}

/** A state and a change of it, a hundred times over. */
function* cases(count: number): Generator<{ seed: number; state: PoolState; next: () => StateChange }> {
  for (let seed = 1; seed <= count; seed++) {
    const random = seeded(seed)
    const start = applyChange(fullState(), randomChange(random))
    yield { seed, state: start, next: () => randomChange(random) }
  }
}

describe('a pool’s state as hash fields', () => {
  it('reads pools that were stored before there were accounts and settings', () => {
    const { account: _a, balancerSettings: _b, address: _c, clones: _d, ...old } = examplePool()
    const { pool } = decodeState({ pool: JSON.stringify(old) })!
    assert.deepEqual(pool, examplePool())
    assert.equal(pool.account, null)
    assert.deepEqual(pool.clones, { size: null, region: null })
  })

  it('comes back whole', () => {
    assert.deepEqual(decodeState(written({}, wholeChange(fullState()))), fullState())
  })

  it('is no pool without the pool itself, and has defaults for what was never written', () => {
    assert.equal(decodeState({}), null)
    assert.equal(decodeState(written({}, { lastTickAt: 5 })), null)
    const bare = decodeState(written({}, { pool: examplePool() }))
    assert.deepEqual(bare?.members, [])
    assert.deepEqual(bare?.memory, EMPTY_MEMORY)
    assert.equal(bare?.pin, null)
    assert.equal(bare?.nextMember, 2, 'the origin is number 1')
  })

  it('lists members oldest first, whatever order they were written in', () => {
    const members = ['web-10', 'web-2', 'web-1'].map((id) => exampleMember(id))
    const state = decodeState(written({}, { pool: examplePool(), members: { put: members } }))
    assert.deepEqual(
      state?.members.map((member) => member.id),
      ['web-1', 'web-2', 'web-10'],
    )
  })

  it('changes in memory as it does in the hash', () => {
    for (const { seed, state, next } of cases(150)) {
      const change = next()
      const stored = decodeState(written(written({}, wholeChange(state)), change))
      assert.deepEqual(applyChange(state, change), stored, `seed ${seed}`)
    }
  })

  it('takes two changes merged as it takes one after the other', () => {
    for (const { seed, state, next } of cases(300)) {
      const [first, second, third] = [next(), next(), next()]
      const oneByOne = [first, second, third].reduce(applyChange, state)
      assert.deepEqual(applyChange(state, mergeChanges(mergeChanges(first, second), third)), oneByOne, `seed ${seed}`)
      assert.deepEqual(applyChange(state, mergeChanges(first, mergeChanges(second, third))), oneByOne, `seed ${seed}`)
    }
  })

  it('is not touched by a change of something else', () => {
    const state = fullState()
    const after = applyChange(state, { members: { remove: ['web-2'] }, pin: null })
    assert.deepEqual(after, { ...state, members: state.members.filter((member) => member.id !== 'web-2'), pin: null })
    assert.deepEqual(state, fullState(), 'the state given is left as it was')
  })
})
