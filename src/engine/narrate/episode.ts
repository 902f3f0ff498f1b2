import type { Operation, Step } from '../../core/model/operation.ts'
import type { Episode, PoolState } from '../../core/model/state.ts'
import type { Action, ChartRef, EpisodeView } from '../../core/model/view.ts'

const DOING: Readonly<Record<Step, string>> = {
  create: 'creating the droplet',
  boot: 'booting',
  report: 'waiting for its first sample',
  health: 'waiting for a healthy answer',
  join: 'hooking it onto the balancer',
  serve: 'waiting for the balancer to find it healthy',
  undoBalancer: 'failed: taking it off the balancer',
  undoDroplet: 'failed: deleting the droplet',
  drain: 'draining',
  idle: 'waiting for its requests to end',
  detach: 'taking it off the balancer',
  destroy: 'deleting the droplet',
  shutdown: 'shutting down',
  off: 'waiting for it to be off',
  copy: 'copying',
  start: 'starting again',
  on: 'waiting for it to be on',
}

/** The step in words, as a card shows it. */
export function stepWords(step: Step): string {
  return DOING[step]
}

/** One scale event as a card: what it is doing now, or how it ended. */
export function episodeView(state: PoolState, episode: Episode, chart: ChartRef | null): EpisodeView {
  const price = state.pool.dollarsPerHour
  const members = episode.operationIds.map((id) => {
    const outcome = episode.outcomes[id]
    if (outcome !== undefined) return settled(outcome, episode.direction)
    return working(state.operations.find((operation) => operation.id === id))
  })
  const failed = Object.values(episode.outcomes).some((outcome) => !outcome.ok)
  const stage = episode.endedAt === null ? 'working' : failed ? 'failed' : 'settled'
  return {
    kind: 'episode',
    pool: state.pool.name,
    direction: episode.direction,
    stage,
    from: episode.from,
    to: episode.to,
    reason: episode.reason,
    detectedAt: null,
    startedAt: episode.startedAt,
    endedAt: episode.endedAt,
    actor: episode.actor,
    approval: null,
    earlier: [],
    members,
    dollarsPerHourBefore: episode.from * price,
    dollarsPerHourAfter: episode.to * price,
    chart,
    actions: actions(episode),
  }
}

function settled(outcome: Episode['outcomes'][string], direction: 'out' | 'in'): EpisodeView['members'][number] {
  const good = direction === 'out' ? 'in service' : 'gone'
  return {
    id: outcome.memberId,
    label: outcome.ok ? good : 'failed',
    state: outcome.ok ? 'done' : 'failed',
    tookMs: outcome.tookMs,
    detail: outcome.reason,
  }
}

function working(operation: Operation | undefined): EpisodeView['members'][number] {
  if (operation === undefined) return { id: '…', label: 'starting', state: 'working', tookMs: null, detail: null }
  return {
    id: operation.memberId,
    label: stepWords(operation.step),
    state: 'working',
    tookMs: null,
    detail: operation.attempt > 0 ? `attempt ${operation.attempt + 1}` : operation.failure,
  }
}

function actions(episode: Episode): readonly Action[] {
  const why: Action = { action: 'run:/spinup why', label: 'Why', style: 'plain' }
  const pin: Action = {
    action: `run:/spinup pin ${Math.max(1, episode.to)} for 1h`,
    label: `Pin at ${episode.to} for 1 h`,
    style: 'plain',
  }
  return [why, pin]
}
