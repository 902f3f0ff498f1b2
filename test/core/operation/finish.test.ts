import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_MEMORY } from '../../../src/core/model/decision.ts'
import type { Operation, OperationState } from '../../../src/core/model/operation.ts'
import { type PoolState, applyChange } from '../../../src/core/pool/state.ts'
import { settle } from '../../../src/core/operation/finish.ts'
import { exampleEpisode, exampleOperation, fullState, T } from '../../store/example-state.ts'

const MINUTE = 60_000
const running: OperationState = { kind: 'running' }
const done: OperationState = { kind: 'done', at: T + 10_000 }
const failed: OperationState = { kind: 'failed', at: T + 20_000, reason: 'did not boot' }
const operation = (id: string, state: OperationState, changes: Partial<Operation> = {}): Operation => ({
  ...exampleOperation(id, id.replace('op', 'web')),
  state,
  failure: state.kind === 'failed' ? state.reason : null,
  dropletId: 'd1',
  ...changes,
})
const after = (...operations: Operation[]): PoolState => ({
  ...fullState(),
  memory: EMPTY_MEMORY,
  operations,
  episodes: [exampleEpisode('e1', { operationIds: ['op-1', 'op-2'] })],
})

describe('settle', () => {
  it('has nothing to do while everything runs', () => {
    assert.equal(settle(after(operation('op-1', running), operation('op-2', running)), T), null)
  })

  it('books the first to finish, and ends the episode with the last', () => {
    const start = after(operation('op-1', done), operation('op-2', running))
    const first = settle(start, T + 10_500)!
    assert.deepEqual(first.journal, [], 'not over yet')
    const middle = applyChange(start, first.change)
    assert.deepEqual(middle.episodes[0]?.outcomes, {
      'op-1': { memberId: 'web-1', ok: true, tookMs: 10_000, reason: null },
    })
    assert.equal(middle.episodes[0]?.endedAt, null)
    assert.deepEqual(
      middle.operations.map(({ id }) => id),
      ['op-2'],
    )
    const last = applyChange(middle, { operations: { put: [operation('op-2', failed)] } })
    const end = settle(last, T + 20_000)!
    const state = applyChange(last, end.change)
    assert.equal(state.episodes[0]?.endedAt, T + 20_000)
    assert.deepEqual(state.operations, [])
    assert.equal(end.journal.length, 1)
    assert.equal(end.journal[0]?.outcome, '1 clone of 2 failed: did not boot')
    assert.equal(end.journal[0]?.tone, 'bad')
    assert.match(end.journal[0]!.what, /Scale out: 1 → 3/)
    assert.equal(settle(state, T + 20_000), null, 'once is enough')
  })

  it('remembers failures in a row of clones alone, and a success ends the row', () => {
    const memoryOf = (...operations: Operation[]) => settle(after(...operations), T + 20_000)!.change.memory
    assert.deepEqual(memoryOf(operation('op-1', failed), operation('op-2', failed)), {
      ...EMPTY_MEMORY,
      failures: 2,
      lastFailureAt: T + 20_000,
    })
    assert.equal(memoryOf(operation('op-1', failed), operation('op-2', done))?.failures, 0)
    assert.equal(memoryOf(operation('op-1', failed, { kind: 'scaleIn' })), undefined)
    assert.equal(memoryOf(operation('op-1', failed, { kind: 'snapshot' })), undefined)
  })

  it('forgets episodes an hour after their end, and no running one', () => {
    const state: PoolState = {
      ...after(),
      episodes: [exampleEpisode('old', { endedAt: T }), exampleEpisode('new', { endedAt: T + 1 }), exampleEpisode('e')],
    }
    assert.equal(settle(state, T + 60 * MINUTE), null)
    const later = settle(state, T + 60 * MINUTE + 1)!
    assert.deepEqual(later.change.episodes, { put: [], remove: ['old'] })
    assert.deepEqual(later.journal, [])
  })

  it('forgets a finished operation that belongs to no episode, such as a snapshot', () => {
    const state = after(operation('op-9', done, { kind: 'snapshot', episodeId: 'onboarding' }))
    const settlement = settle(state, T)!
    assert.deepEqual(settlement.change.operations, { remove: ['op-9'] })
    assert.deepEqual(
      settlement.finished.map(({ id }) => id),
      ['op-9'],
    )
    assert.deepEqual(settlement.journal, [])
  })
})
