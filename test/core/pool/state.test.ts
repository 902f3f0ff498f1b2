import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY } from '../../../src/core/model/decision.ts'
import { EMPTY_UPKEEP } from '../../../src/core/model/upkeep.ts'
import {
  applyChange,
  completed,
  documentsOf,
  mergeChanges,
  stateOf,
  type PoolState,
  type StateChange,
} from '../../../src/core/pool/state.ts'
import { exampleMember, examplePool, fullState, randomChange, seeded, wholeChange } from '../../store/example-state.ts'

const exampleAnswer = { kind: 'answer', tone: 'info', title: 'Pin at 3 expired', text: '', actions: [] }

/** What a store holds once the change is written there: texts, by name. */
function written(texts: Readonly<Record<string, string>>, change: StateChange): Record<string, string> {
  const after = { ...texts }
  for (const [name, document] of documentsOf(change)) {
    if (document === null) delete after[name]
    else after[name] = JSON.stringify(document)
  }
  return after
}

function decodeState(texts: Readonly<Record<string, string>>): PoolState | null {
  return stateOf(new Map(Object.entries(texts).map(([name, text]) => [name, completed(name, JSON.parse(text))])))
}

/** A state and a change of it, a hundred times over. Nothing of the state can be modified. */
function* cases(count: number): Generator<{ seed: number; state: PoolState; next: () => StateChange }> {
  for (let seed = 1; seed <= count; seed++) {
    const random = seeded(seed)
    const start = applyChange(fullState(), randomChange(random))
    yield { seed, state: frozen(start), next: () => frozen(randomChange(random)) }
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    Object.values(value).forEach(frozen)
  }
  return value
}

describe('a pool’s state', () => {
  it('reads pools that were stored before there were accounts and settings', () => {
    const { account: _a, balancerSettings: _b, address: _c, clones: _d, ...old } = examplePool()
    const { pool } = decodeState({ pool: JSON.stringify(old) })!
    assert.deepEqual(pool, examplePool())
    assert.equal(pool.account, null)
    assert.deepEqual(pool.clones, { size: null, region: null })
  })

  it('keeps the stored names of what has another name in the code, so that bots of any version share a pool', () => {
    const droplet = {
      dropletId: '9',
      name: 'web-9',
      status: 'on',
      createdAt: 5,
      operationId: null,
      dollarsPerHour: null,
    }
    const texts = {
      pool: JSON.stringify(examplePool()),
      upkeep: JSON.stringify({ strangers: [droplet], sick: { 'web-2': 7 } }),
      untold: JSON.stringify({ card: exampleAnswer }),
    }
    const state = decodeState(texts)!
    assert.deepEqual(state.upkeep, { ...EMPTY_UPKEEP, unmanaged: [droplet], unhealthy: { 'web-2': 7 } })
    assert.deepEqual(state.unposted, { card: exampleAnswer })

    const { upkeep, untold, unposted } = written({}, { upkeep: state.upkeep, unposted: state.unposted })
    const stored = JSON.parse(upkeep!) as Record<string, unknown>
    assert.deepEqual([stored['strangers'], stored['sick']], [[droplet], { 'web-2': 7 }])
    assert.deepEqual([stored['unmanaged'], stored['unhealthy'], unposted], [undefined, undefined, undefined])
    assert.deepEqual(JSON.parse(untold!), { card: exampleAnswer })
  })

  it('reads an upkeep and a memory of an earlier version, with what that did not know', () => {
    const texts = { pool: JSON.stringify(examplePool()), upkeep: '{"comparedAt":7}', memory: '{"failures":2}' }
    const state = decodeState(texts)
    assert.deepEqual(state?.upkeep, { ...EMPTY_UPKEEP, comparedAt: 7 })
    assert.deepEqual(state?.memory, { ...EMPTY_MEMORY, failures: 2 })
  })

  it('reads over what is none of its fields', () => {
    const texts = written({}, wholeChange(fullState()))
    const more = { ...texts, clock: '5', later: '{"of":"a newer version"}', 'later:1': '[]', member: '{}' }
    assert.deepEqual(decodeState(more), fullState())
  })

  it('comes back whole, with ids of any letters', () => {
    assert.deepEqual(decodeState(written({}, wholeChange(fullState()))), fullState())
    const odd = { ...fullState().alarms[0]!, id: 'agent:web-2:clock' }
    const state = applyChange(fullState(), { alarms: { put: [odd] } })
    assert.deepEqual(decodeState(written({}, wholeChange(state))), state)
  })

  it('has every field written by a change of everything, and each field alone by a change of it', () => {
    const state = fullState()
    for (const [name, part] of Object.entries(wholeChange(state))) {
      const texts = written(written({}, { pool: examplePool() }), { [name]: part })
      const read: Readonly<Record<string, unknown>> | null = decodeState(texts)
      assert.deepEqual(read?.[name], state[name as keyof PoolState], name)
    }
    assert.deepEqual(
      Object.keys(wholeChange(state)).toSorted(),
      Object.keys(decodeState(written({}, wholeChange(state)))!).toSorted(),
    )
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
    const same = Object.keys(state).filter((name) => name !== 'members' && name !== 'pin')
    for (const name of same as (keyof PoolState)[]) assert.equal(after[name], state[name], `${name}: no copy is made`)
  })
})
