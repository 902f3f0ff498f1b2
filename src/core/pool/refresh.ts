import { SPINUP } from '../model/pool.ts'
import type { Operation } from '../model/operation.ts'
import type { Refresh, RefreshMove } from '../model/refresh.ts'
import { begin } from '../operation/next.ts'
import { arriving, departing } from '../operation/plan.ts'
import { refreshCapacity, capacityOf } from './capacity.ts'
import type { Draft } from './draft.ts'
import { advance, book, canSpareOne, outcome, stale, type Advance } from './rollout.ts'
import { clause } from '../model/words.ts'

/**
 * Brings a refresh one step further when what was under way has ended. Each step is an operation of its own, saved with
 * the refresh that waits for it, so that after a crash both go on. Runs under the pool's lock, in every tick.
 */
export function tickRefresh(draft: Draft, finished: readonly Operation[]): void {
  const { refresh, operations, pool } = draft.state()
  if (refresh === null || refresh.stage !== 'working') return
  if (pool.phase !== 'ready') {
    // The pool is being given up; what is under way ends by itself.
    draft.change({ refresh: over(draft, refresh, { kind: 'end', stage: 'stopped', failure: null }) })
    return
  }
  if (operations.some((one) => one.id === refresh.operationId)) return
  let present = refresh
  if (refresh.operationId !== null) {
    present = book(refresh, finished.find((one) => one.id === refresh.operationId) ?? null, draft.now)
    present = takeOver(draft, refresh, present)
  }
  const next = advance(draft.state(), present, refreshCapacity(draft), draft.now)
  const after = carryOut(draft, present, next)
  if (after !== refresh) draft.change({ refresh: after })
}

/** From a new snapshot on, every clone is made of it. */
function takeOver(draft: Draft, before: Refresh, after: Refresh): Refresh {
  if (before.step === 'roll' || after.step !== 'roll' || after.snapshotId === null) return after
  const { pool, members } = draft.state()
  draft.change({ pool: { ...pool, snapshotId: after.snapshotId } })
  const cover = members.find((member) => member.id === after.cover && member.phase === 'inService')
  // It was one more than the load asked for; where it is not needed it simply goes.
  return cover !== undefined && canSpareOne(draft.state()) ? { ...after, owed: 1 } : after
}

function carryOut(draft: Draft, refresh: Refresh, next: Advance): Refresh {
  switch (next.kind) {
    case 'wait':
      return next.why === refresh.waiting ? refresh : { ...refresh, waiting: next.why }
    case 'end':
      return over(draft, refresh, next)
    case 'snapshot':
      return snapshot(draft, refresh)
    case 'out': {
      const operationId = draft.newId()
      const order = { episodeId: refresh.id, operationId, actor: refresh.actor, now: draft.now }
      const pair = departing(next.member, order)
      draft.change({ members: { put: [pair.member] }, operations: { put: [pair.operation] } })
      return moved(draft, refresh, { way: 'out', memberId: next.member.id, operationId })
    }
    case 'cover':
    case 'in': {
      const operationId = draft.newId()
      const state = draft.state()
      const order = { episodeId: refresh.id, operationId, actor: refresh.actor, now: draft.now }
      const above = capacityOf(draft).more < 1
      const pair = arriving(state, 0, order)
      draft.change({
        members: { put: [pair.member] },
        operations: { put: [pair.operation] },
        nextMember: state.nextMember + 1,
      })
      return moved(draft, refresh, {
        way: next.kind,
        memberId: pair.member.id,
        operationId,
        ...(above ? { above } : {}),
      })
    }
  }
}

function snapshot(draft: Draft, refresh: Refresh): Refresh {
  const { pool, members } = draft.state()
  const origin = members.find((member) => member.role === 'origin')!
  const operationId = draft.newId()
  const operation = begin({
    id: operationId,
    poolId: pool.id,
    kind: 'snapshot',
    memberId: origin.id,
    episodeId: refresh.id,
    actor: refresh.actor,
    now: draft.now,
    dropletId: origin.dropletId,
    url: origin.url,
    step: refresh.live ? 'copy' : 'drain',
    ...(refresh.live ? { live: true } : {}),
  })
  draft.change({
    operations: { put: [operation] },
    ...(refresh.live ? {} : { members: { put: [{ ...origin, phase: 'booting', phaseAt: draft.now, operationId }] } }),
  })
  const step = { ...refresh, step: 'snapshot' as const }
  return moved(draft, step, { way: 'snapshot', memberId: origin.id, operationId })
}

function moved(
  draft: Draft,
  refresh: Refresh,
  move: Pick<RefreshMove, 'way' | 'memberId' | 'operationId' | 'above'>,
): Refresh {
  const begun: RefreshMove = { ...move, state: 'working', startedAt: draft.now, tookMs: null, reason: null }
  return { ...refresh, operationId: move.operationId, waiting: null, moves: [...refresh.moves, begun] }
}

function over(draft: Draft, refresh: Refresh, { stage, failure }: Extract<Advance, { kind: 'end' }>): Refresh {
  const { now } = draft
  const { pool, upkeep } = draft.state()
  const renewed = refresh.moves.some((move) => move.way === 'in' && move.state === 'done')
  let ending = failure
  // No clone of the new snapshot ever came in: it is not fit to be cloned, and the old one was.
  if (stage === 'failed' && refresh.step === 'roll' && !renewed && refresh.oldSnapshotId !== null) {
    draft.change({ pool: { ...pool, snapshotId: refresh.oldSnapshotId } })
    ending = `${clause(failure ?? 'failed')}; clones are made of the old snapshot again`
  }
  const after: Refresh = { ...refresh, stage, step: 'over', endedAt: now, waiting: null, failure: ending }
  const taken = refresh.moves.some((move) => move.way === 'snapshot' && move.state === 'done')
  if (taken) draft.change({ upkeep: { ...upkeep, prune: true } })
  const left = stage === 'done' ? stale(draft.state()).length : 0
  draft.journal({
    at: now,
    actor: stage === 'failed' ? SPINUP : refresh.actor,
    what: `Refresh of ${pool.name}`,
    outcome: `${outcome(after, now)}${left > 0 ? `; ${left} protected and left as they are` : ''}`,
    tone: stage === 'done' ? 'good' : stage === 'failed' ? 'bad' : 'info',
  })
  return after
}
