import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answer } from '../../../src/core/model/answer.ts'
import { openApproval } from '../../../src/core/pool/approvals.ts'
import { applyJudgement } from '../../../src/core/pool/apply-judgement.ts'
import { createDraft, type Draft, type Drafted } from '../../../src/core/pool/draft.ts'
import { expireOverrides } from '../../../src/core/pool/expiries.ts'
import { applyChange, type PoolState } from '../../../src/core/pool/state.ts'
import type { Mode } from '../../../src/core/model/policy.ts'
import type { Judgement } from '../../../src/core/policy/decide.ts'
import { ada, exampleDecision, exampleMember, examplePool, fullState, T } from '../../store/example-state.ts'

const drafting = (before: PoolState, now = T): Draft & { drafted(): Drafted } => {
  let made = 0
  return createDraft(before, { now, newId: () => `id${++made}`, windows: () => [], memory: ({ memory }) => memory })
}
const calm = (mode: Mode = 'auto'): PoolState => {
  const pool = examplePool()
  return {
    ...fullState(),
    pool: { ...pool, dollarsPerHour: 0, policy: { ...pool.policy, mode, max: 5, quorum: 1 } },
    members: [exampleMember('web-1', { role: 'origin' })],
    operations: [],
    episodes: [],
    approvals: [],
    pin: null,
    pause: null,
    protections: {},
    unposted: null,
    upkeep: { ...fullState().upkeep, refused: null, unmanaged: [] },
    memory: { ...fullState().memory, stoppedAt: null, lastSaidAt: null },
  }
}
const { id: _, ...wish } = exampleDecision({ kind: 'scaleOut', from: 1, to: 3, wanted: 3, rule: 'target' })
const more: Judgement = wish

describe('a draft', () => {
  it('leaves nothing to write when nothing was decided', () => {
    const draft = drafting(calm())
    expireOverrides(draft)
    const { dirty, change, cards, after } = draft.drafted()
    assert.deepEqual([dirty, change, cards.size], [false, {}, 0])
    assert.deepEqual(after, calm())
  })

  it('is the state with its change, whichever way they are asked for', () => {
    const before = calm()
    const draft = drafting(before)
    draft.change({ nextMember: 7 })
    draft.change({ pin: { count: 2, owner: ada, reason: '', at: T, expiresAt: T + 1 } })
    const { after, change, dirty } = draft.drafted()
    assert.equal(dirty, true)
    assert.deepEqual(after, applyChange(before, change))
    assert.deepEqual(draft.state(), after)
  })

  it('keeps a card that nothing tells again with what is written, in its newest form', () => {
    const draft = drafting({ ...calm(), unposted: { old: answer('info', 'old', '') } })
    draft.tellOnce('new', answer('info', 'first', ''))
    draft.tell('new', answer('info', 'second', ''))
    draft.tell('each tick', answer('info', 'third', ''))
    const { change, cards } = draft.drafted()
    assert.deepEqual(Object.keys(change.unposted ?? {}), ['old', 'new'])
    assert.equal(change.unposted?.['new'], cards.get('new'))
    assert.deepEqual([...cards.keys()], ['old', 'new', 'each tick'])
  })

  it('asks the calendar and the memory of the state as it is by then', () => {
    const seen: number[] = []
    const draft = createDraft(calm(), {
      now: T,
      newId: () => 'id',
      windows: ({ nextMember }) => (seen.push(nextMember), []),
      memory: ({ memory, nextMember }) => (seen.push(nextMember), memory),
    })
    draft.windows()
    draft.change({ nextMember: 9 })
    draft.memory()
    assert.deepEqual(seen, [calm().nextMember, 9])
  })
})

describe('a judgement, without a store', () => {
  it('is carried out in mode auto: members, operations and the episode are in one change', () => {
    const draft = drafting(calm('auto'))
    assert.equal(applyJudgement(draft, more), null)
    const { after, decisions } = draft.drafted()
    assert.deepEqual(after.members.map(({ phase }) => phase).toSorted(), ['creating', 'creating', 'inService'])
    assert.equal(after.operations.length, 2)
    assert.equal(after.episodes[0]?.decisionId, decisions[0]?.id)
  })

  it('is a question in mode approve, and nothing is made', () => {
    const draft = drafting(calm('approve'))
    assert.equal(applyJudgement(draft, more), null)
    const { after } = draft.drafted()
    assert.equal(openApproval(after)?.decision.to, 3)
    assert.equal(after.operations.length, 0)
  })

  it('is only said in mode observe, and not again within ten minutes', () => {
    const draft = drafting(calm('observe'))
    assert.equal(applyJudgement(draft, more)?.to, 3)
    assert.equal(applyJudgement(draft, more), null)
    assert.equal(draft.drafted().after.operations.length, 0)
    const later = drafting(draft.drafted().after, T + 10 * 60_000)
    assert.equal(applyJudgement(later, { ...more, at: later.now })?.to, 3)
  })
})
