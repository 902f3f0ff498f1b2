import { fleetPrice } from '../../model/billing.ts'
import type { Operation, Step } from '../../model/operation.ts'
import type { Episode } from '../../model/state.ts'
import type { PoolState } from '../../pool/state.ts'
import type { Action, ChartRef, EpisodeView } from '../../model/view.ts'
import { hasFailed } from '../../pool/episodes.ts'

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

/** The same, with what has kept it from being done so far. */
export function stepStory({ step, attempt, trouble, failure }: Operation): string {
  const words = stepWords(step)
  if (attempt > 0) return `${words}, attempt ${attempt + 1}${trouble == null ? '' : `: ${trouble}`}`
  return failure === null ? words : `${words} (${failure})`
}

/** One scale event as a card: what it is doing now, or how it ended. */
export function episodeView(state: PoolState, episode: Episode, chart: ChartRef | null): EpisodeView {
  const members = episode.operationIds.map((id) => {
    const outcome = episode.outcomes[id]
    if (outcome !== undefined) return settled(outcome, episode.direction)
    return working(state.operations.find((operation) => operation.id === id))
  })
  const stage = episode.endedAt === null ? 'working' : hasFailed(episode) ? 'failed' : 'settled'
  const { undone } = episode
  return {
    kind: 'episode',
    pool: state.pool.name,
    direction: episode.direction,
    stage,
    from: episode.from,
    to: episode.to,
    reason: [
      episode.reason,
      ...others(state, episode),
      ...(undone === undefined ? [] : [`${undone.by.name} took it back.`]),
    ].join(' '),
    detectedAt: episode.detectedAt ?? null,
    startedAt: episode.startedAt,
    endedAt: episode.endedAt,
    actor: episode.actor,
    approval: approvalOf(state, episode),
    earlier: episode.earlier ?? [],
    members,
    dollarsPerHourBefore: fleetPrice(state.pool, episode.from),
    dollarsPerHourAfter: fleetPrice(state.pool, episode.to) + moreThanUsual(state, episode),
    chart,
    actions: actions(episode),
  }
}

/** Clones that were made as something other than usual, a sentence for each sort. */
function others({ operations }: PoolState, { operationIds, outcomes }: Episode): readonly string[] {
  const names = new Map<string, string[]>()
  for (const id of operationIds) {
    const { memberId, instead } = outcomes[id] ?? operations.find((one) => one.id === id) ?? { memberId: '' }
    if (instead !== undefined) names.set(instead, [...(names.get(instead) ?? []), memberId])
  }
  return [...names].map(([instead, members]) => `${members.join(', ')}: ${instead}, of which none was available.`)
}

/** What its clones cost beyond what clones usually do, US dollars an hour. */
function moreThanUsual({ pool, members, operations }: PoolState, { operationIds, outcomes }: Episode): number {
  const ids = new Set(
    operationIds.map((id) => (outcomes[id] ?? operations.find((one) => one.id === id))?.memberId ?? ''),
  )
  return members
    .filter(({ id, instead }) => ids.has(id) && instead !== undefined)
    .reduce((sum, { dollarsPerHour = pool.dollarsPerHour }) => sum + dollarsPerHour - pool.dollarsPerHour, 0)
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

/** How the team was asked for it. */
function approvalOf({ approvals }: PoolState, { id }: Episode): EpisodeView['approval'] {
  const asked = approvals.find(({ episodeId, state }) => episodeId === id && state !== 'superseded')
  if (asked === undefined) return null
  return { state: asked.state, by: (asked.votes ?? []).map(({ actor }) => actor), note: asked.note }
}

function actions({ id, to, undone, endedAt, outcomes, decisionId }: Episode): readonly Action[] {
  const came = endedAt === null || Object.values(outcomes).some(({ ok }) => ok)
  const undo: Action = { action: `run:/spinup undo ${id}`, label: 'Undo', style: 'plain' }
  const count = Math.max(1, to)
  return [
    // Of this one, whatever was decided since.
    {
      action: decisionId === undefined ? 'run:/spinup why' : `run:/spinup why ${decisionId}`,
      label: 'Why',
      style: 'plain',
    },
    ...(undone === undefined && came ? [undo] : []),
    { action: `run:/spinup pin ${count} for 1h`, label: `Pin at ${count} for 1 h`, style: 'plain' },
    { action: 'run:/spinup snooze 1h', label: 'Snooze 1 h', style: 'plain' },
  ]
}
