import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { narration } from '../../../src/core/cards/narration.ts'
import type { PoolState } from '../../../src/core/pool/state.ts'
import { exampleApproval, exampleEpisode, fullState, T } from '../../store/example-state.ts'

const MINUTE = 60_000
const quiet = (changes: Partial<PoolState> = {}): PoolState => ({
  ...fullState(),
  episodes: [],
  approvals: [],
  refresh: null,
  pin: null,
  ...changes,
})
const told = (state: PoolState, lastTickAt = T): readonly string[] =>
  narration(state, lastTickAt, T).map(({ cardId }) => cardId)

describe('narration', () => {
  it('tells nothing of a pool where nothing moves', () => {
    assert.deepEqual(told(quiet()), [])
  })

  it('tells what has ended for a minute more, and for longer when no tick was there to tell it', () => {
    const at = (endedAt: number): PoolState => quiet({ episodes: [exampleEpisode('e1', { endedAt })] })
    assert.deepEqual(told(at(T - MINUTE)), ['episode:e1'])
    assert.deepEqual(told(at(T - MINUTE - 1)), [])
    assert.deepEqual(told(at(T - 2 * MINUTE), T - MINUTE), ['episode:e1'])
  })

  it('tells one card once: the newest of the episodes on it, and no question beside what it led to', () => {
    const episodes = [
      exampleEpisode('e1', { startedAt: T - MINUTE, endedAt: T }),
      exampleEpisode('e2', { startedAt: T, endedAt: null, cardId: 'e1' }),
    ]
    const approvals = [exampleApproval('a1', { state: 'approved', decidedAt: T, episodeId: 'e1' })]
    const tellings = narration(quiet({ episodes, approvals }), T, T)
    assert.deepEqual(
      tellings.map(({ cardId, episode }) => [cardId, episode?.id]),
      [['episode:e1', 'e2']],
    )
  })

  it('reminds beside a question that is open yet', () => {
    const approval = exampleApproval('a1', { state: 'open', decidedAt: null, episodeId: 'e9', remindedAt: T - 1 })
    assert.deepEqual(told(quiet({ approvals: [approval] })), ['episode:e9', `reminder:e9:${T - 1}`])
  })
})
