import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applyChange, documentsOf, type PoolState, type StateChange } from '../../../src/core/pool/state.ts'
import { createStateReader } from '../../../src/core/pool/state-reader.ts'
import { exampleMember, fullState, randomChange, seeded, T, wholeChange } from '../../store/example-state.ts'

const texts = (state: PoolState): Record<string, string> => textsOf(wholeChange(state))

function textsOf(change: StateChange): Record<string, string> {
  return Object.fromEntries([...documentsOf(change)].map(([name, document]) => [name, JSON.stringify(document)]))
}

describe('reading a pool’s hash', () => {
  it('parses only what is new: the rest are the same objects', () => {
    const { read } = createStateReader()
    const before = read('web', texts(fullState())).state!
    const after = read('web', texts({ ...fullState(), lastTickAt: T + 9 })).state!
    assert.equal(after.lastTickAt, T + 9)
    for (const name of ['pool', 'memory', 'upkeep', 'decision', 'refresh'] as const) {
      assert.equal(after[name], before[name], name)
    }
    assert.deepEqual(
      after.members.map((member, index) => member === before.members[index]),
      [true, true, true],
    )
  })

  it('shows what was changed, put and removed since, as one who reads it for the first time', () => {
    const { read } = createStateReader()
    const random = seeded(3)
    let state = fullState()
    for (let round = 0; round < 200; round++) {
      state = applyChange(state, randomChange(random))
      assert.deepEqual(
        read('web', texts(state)).state,
        createStateReader().read('web', texts(state)).state,
        `round ${round}`,
      )
      assert.deepEqual(read('web', texts(state)).state, state, `round ${round}`)
    }
  })

  it('takes no pool’s documents for another’s, nor a forgotten pool’s for those of one connected under its name', () => {
    const { read, last } = createStateReader()
    const one = fullState()
    const other = { ...fullState(), members: [exampleMember('web-2', { phase: 'failed' })] }
    assert.deepEqual(read('a', texts(one)).state, one)
    assert.deepEqual(read('b', texts(other)).state, other)
    assert.deepEqual(read('a', texts(one)).state, one)
    assert.equal(read('a', {}).state, null)
    assert.deepEqual([last('a'), last('b')], [null, other])
    const { 'member:web-2': _gone, ...rest } = texts(one)
    assert.equal(read('a', rest).state?.members.length, 2)
  })

  it('moves times by what the clock was set since they were kept, each time it is asked, and says what to write', () => {
    let [now, steps] = [T + 10, 0]
    const { read } = createStateReader({ now: () => now, steps: () => steps })
    const kept = { ...texts(fullState()), clock: '0' }
    assert.equal(read('web', kept).moved.size, 0)
    now += 3_600_000
    steps += 3_600_000
    for (const time of ['first', 'second']) {
      const { state, moved } = read('web', kept)
      assert.equal(state?.pin?.expiresAt, T + 1000 + 3_600_000, time)
      assert.equal(moved.get('clock'), '3600000')
      assert.deepEqual(JSON.parse(moved.get('pin')!), state?.pin)
    }
    const written = { ...kept, ...Object.fromEntries(read('web', kept).moved) }
    assert.equal(read('web', written).moved.size, 0, 'once')
  })

  it('puts right what comes to lie ahead because nobody saw the clock being set back, though no text is new', () => {
    let now = T + 10
    const { read } = createStateReader({ now: () => now, steps: () => 0 })
    const kept = { ...texts(fullState()), clock: '0' }
    assert.equal(read('web', kept).moved.size, 0)
    now = T - 3_600_000
    const { state, moved } = read('web', kept)
    assert.ok(moved.has('member:web-1') && moved.has('memory'))
    assert.ok(state!.members.every(({ createdAt }) => createdAt <= now))
    assert.equal(state?.memory.lastScaleOutAt, now)
  })
})
