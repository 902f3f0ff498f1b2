import type { Refresh, RefreshMove } from '../../model/refresh.ts'
import type { PoolState } from '../../pool/state.ts'
import type { RefreshView, StepLine } from '../../model/view.ts'
import { capital, clause, duration, plural } from '../../model/words.ts'
import { spared, stale } from '../../pool/rollout.ts'
import { stepStory } from './episode.ts'

/** What is said of a live snapshot. */
export const LIVE_RISK =
  'The snapshot is taken while the droplet runs: what is being written at that moment, a database above all, may be caught half-written. Clones of it may not start well.'

/** A refresh as its one card. */
export function refreshView(state: PoolState, refresh: Refresh, now: number): RefreshView {
  const working = refresh.stage === 'working'
  return {
    kind: 'refresh',
    pool: state.pool.name,
    stage: refresh.stage,
    live: refresh.live,
    stopping: working && refresh.stopping,
    startedAt: refresh.startedAt,
    endedAt: refresh.endedAt,
    actor: refresh.actor,
    steps: [...refresh.moves.map((move) => line(state, move)), ...(working ? ahead(state, refresh) : [])],
    note: note(state, refresh, now),
    actions:
      working && !refresh.stopping ? [{ action: 'run:/spinup refresh stop', label: 'Stop', style: 'danger' }] : [],
  }
}

function line(state: PoolState, move: RefreshMove): StepLine {
  const above = move.above === true ? ', one above the maximum for a while, as the policy allows' : ''
  const label = {
    cover: `${move.memberId} in, to carry the traffic meanwhile${above}`,
    snapshot: `Snapshot of ${move.memberId}`,
    in: `${move.memberId} in, of the new snapshot${above}`,
    out: `${move.memberId} out`,
  }[move.way]
  if (move.state !== 'working') {
    const took =
      move.tookMs === null
        ? null
        : [`in ${duration(move.tookMs)}`, ...(move.instead === undefined ? [] : [move.instead])].join(', ')
    return { label, state: move.state, detail: move.state === 'failed' ? move.reason : took, progress: null }
  }
  const operation = state.operations.find((one) => one.id === move.operationId)
  const copying = operation?.step === 'copy' ? operation.progress : null
  return {
    label,
    state: 'doing',
    detail: operation === undefined ? null : stepStory(operation),
    progress: copying,
  }
}

/** What is still to come. */
function ahead(state: PoolState, refresh: Refresh): readonly StepLine[] {
  const todo = (label: string): StepLine => ({ label, state: 'todo', detail: null, progress: null })
  const origin = state.members.find((member) => member.role === 'origin')?.id ?? state.pool.name
  const taken = refresh.moves.some((move) => move.way === 'snapshot')
  const clones = taken && refresh.step === 'roll' ? stale(state) : state.members.filter((one) => one.role === 'clone')
  const left = clones.filter((member) => member.id !== refresh.cover && member.phase === 'inService').length
  return [
    ...(taken ? [] : [todo(`Snapshot of ${origin}`)]),
    ...(left === 0 ? [] : [todo(`${plural(left, 'new clone')}, one by one`)]),
  ]
}

function note(state: PoolState, refresh: Refresh, now: number): string | null {
  if (refresh.stage === 'failed')
    return `${capital(clause(refresh.failure ?? 'failed'))}. Members in service keep serving.`
  if (refresh.stage === 'stopped') {
    return 'Stopped: running work has ended, the remaining clones are unchanged.'
  }
  const kept = stale(state).filter((member) => spared(state, member, now))
  const left = refresh.step === 'roll' || refresh.step === 'over' ? kept.map((member) => member.id) : []
  const parts = [
    refresh.waiting,
    left.length === 0
      ? null
      : `${left.join(', ')}: protected, and left as ${left.length === 1 ? 'it is' : 'they are'}.`,
    refresh.live && refresh.stage === 'working' ? LIVE_RISK : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : capital(parts.join(' '))
}
