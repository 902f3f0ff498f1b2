import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { JournalEntry } from '../../src/core/model/state.ts'
import { keys } from '../../src/store/keys.ts'
import { createPoolStore, type PoolStore } from '../../src/store/pool-store.ts'
import { applyChange } from '../../src/core/pool/state.ts'
import { startTestRedis, type TestRedis } from '../redis.ts'
import {
  ada,
  exampleDecision,
  exampleMember,
  exampleOperation,
  examplePool,
  fullState,
  randomChange,
  seeded,
  T,
  wholeChange,
} from './example-state.ts'
import { dump } from './dump.ts'

const line = (what: string): JournalEntry => ({ at: T, actor: ada, what, outcome: 'done', tone: 'good' })

describe('the pool store', () => {
  let server: TestRedis
  let redis: Redis
  let store: PoolStore
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await redis.flushall()
    store = createPoolStore(redis)
    assert.equal(await store.create(examplePool()), true)
  })
  const lease = async () => (await store.lock('web', 0))!

  it('creates a pool once: the second is told no and changes nothing', async () => {
    const before = await dump(redis)
    assert.equal(await store.create(examplePool({ name: 'other' })), false)
    assert.deepEqual(await dump(redis), before)
    assert.deepEqual(await store.list(), ['web'])
    assert.equal(await store.load('nowhere'), null)
  })

  it('gives back a whole state as it was committed, with the newest of its records first', async () => {
    const held = await lease()
    const commit = {
      change: wholeChange(fullState()),
      journal: [line('one'), line('two')],
      decisions: [exampleDecision({ id: 'x' }), exampleDecision({ id: 'y' })],
    }
    assert.equal(await store.commit('web', { kind: 'lease', lease: held }, commit), true)
    assert.deepEqual(await store.load('web'), fullState())
    assert.deepEqual(await store.journal('web', 10), [line('two'), line('one')])
    assert.deepEqual(await store.decisions('web', 1), [exampleDecision({ id: 'y' })])
  })

  it('loads what a change gave in memory, change after change', async () => {
    const held = await lease()
    const random = seeded(42)
    let state = fullState()
    await store.commit('web', { kind: 'lease', lease: held }, { change: wholeChange(state) })
    for (let round = 0; round < 60; round++) {
      const change = randomChange(random)
      state = applyChange(state, change)
      assert.equal(await store.commit('web', { kind: 'lease', lease: held }, { change }), true)
      assert.deepEqual(await store.load('web'), state, `round ${round}`)
    }
  })

  it('refuses a commit whose lease lapsed or was taken by another, and writes nothing of it', async () => {
    const mine = await lease()
    const commit = {
      change: { ...wholeChange(fullState()), members: { remove: ['web-1'] } },
      journal: [line('never')],
      decisions: [exampleDecision()],
    }
    await redis.del(keys.lock('web'))
    let before = await dump(redis)
    assert.equal(await store.commit('web', { kind: 'lease', lease: mine }, commit), false)
    assert.deepEqual(await dump(redis), before, 'the lease has lapsed')

    const theirs = await lease()
    before = await dump(redis)
    assert.equal(await store.commit('web', { kind: 'lease', lease: mine }, commit), false)
    assert.deepEqual(await dump(redis), before, 'another has it')
    await mine.release()
    assert.equal(await store.commit('web', { kind: 'lease', lease: theirs }, commit), true)
  })

  it('refuses a commit for an operation that has moved on or is gone, and writes nothing of it', async () => {
    const held = await lease()
    const operation = { ...exampleOperation('op-1'), version: 3 }
    await store.commit('web', { kind: 'lease', lease: held }, { change: { operations: { put: [operation] } } })
    await held.release()
    const before = await dump(redis)
    const change = { operations: { put: [{ ...operation, version: 4 }] }, members: { put: [exampleMember('web-2')] } }
    for (const guard of [
      { kind: 'operation' as const, id: 'op-1', version: 2 },
      { kind: 'operation' as const, id: 'op-1', version: 4 },
      { kind: 'operation' as const, id: 'op-2', version: 3 },
    ]) {
      assert.equal(await store.commit('web', guard, { change, journal: [line('never')] }), false)
      assert.deepEqual(await dump(redis), before)
    }
    const right = { kind: 'operation' as const, id: 'op-1', version: 3 }
    assert.equal(await store.commit('web', right, { change }), true)
    assert.equal(await store.commit('web', right, { change }), false, 'the same step twice')
    assert.equal((await store.load('web'))?.operations[0]?.version, 4)
  })

  it('lets exactly one of many at the same operation version write', async () => {
    const held = await lease()
    const operation = exampleOperation('op-1')
    await store.commit('web', { kind: 'lease', lease: held }, { change: { operations: { put: [operation] } } })
    const written = await Promise.all(
      Array.from({ length: 20 }, (_, attempt) =>
        store.commit(
          'web',
          { kind: 'operation', id: 'op-1', version: 1 },
          { change: { operations: { put: [{ ...operation, version: 2, attempt }] } } },
        ),
      ),
    )
    assert.equal(written.filter(Boolean).length, 1)
    assert.equal((await store.load('web'))?.operations[0]?.attempt, written.indexOf(true))
  })

  it('keeps a thousand lines of journal and no more', async () => {
    const guard = { kind: 'lease' as const, lease: await lease() }
    const lines = Array.from({ length: 1010 }, (_, index) => line(String(index)))
    assert.equal(await store.commit('web', guard, { change: {}, journal: lines }), true)
    const kept = await store.journal('web', 5000)
    assert.equal(kept.length, 1000)
    assert.equal(kept[0]?.what, '1009')
  })
})
