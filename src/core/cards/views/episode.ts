import { fleetPrice } from '../../model/billing.ts'
import type { Operation, Step } from '../../model/operation.ts'
import type { Episode } from '../../model/state.ts'
import type { PoolState } from '../../pool/state.ts'
import type { Action, ChartRef, EpisodeView } from '../../model/view.ts'
import { cardOf, hasFailed, isOver, newestFirst, onCard } from '../../pool/episodes.ts'
import { clause } from '../../model/words.ts'

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
  return failure === null ? words : `${words} (${clause(failure)})`
}

/** Scale events as one card: what it is doing now, or how it ended. `newest`: of those that the card tells of. */
export function episodeView(state: PoolState, newest: Episode, chart: ChartRef | null): EpisodeView {
  const shown = onCard(state, cardOf(newest)).filter((one) => one === newest || !hasFailed(one))
  const turn = shown.findLastIndex(({ direction }) => direction !== newest.direction) + 1
  // What goes the same way is one change.
  const [earlier, change] = [shown.slice(0, turn), shown.slice(turn)]
  const first = change[0] ?? newest
  const working = change.some(({ endedAt }) => endedAt === null)
  const { undone, direction } = newest
  const { policy } = state.pool
  return {
    kind: 'episode',
    pool: state.pool.name,
    timeZone: policy.timeZone,
    direction,
    stage: working ? 'working' : hasFailed(newest) ? 'failed' : 'settled',
    from: first.from,
    to: newest.to,
    reason: [
      // A crowd that is over shows what it began with.
      earlier.length > 0 && isOver(shown) ? shown[0]!.reason : newest.reason,
      ...others(state, newest),
      ...(undone === undefined ? [] : [`${undone.by.name} took it back.`]),
    ].join(' '),
    detectedAt: first.detectedAt ?? null,
    startedAt: first.startedAt,
    endedAt: working ? null : newest.endedAt,
    actor: newest.actor,
    approval: approvalOf(state, newest),
    ...(earlier.length === 0 ? {} : { crowd: crowdOf(state, shown) }),
    earlier: earlier.map(({ startedAt: at, from, to, reason }) => ({ at, from, to, reason })),
    members: change.flatMap(({ operationIds, outcomes }) =>
      operationIds.map((id) => {
        const outcome = outcomes[id]
        return outcome === undefined
          ? underWay(state.operations.find((operation) => operation.id === id))
          : settled(outcome, direction)
      }),
    ),
    dollarsPerHourBefore: fleetPrice(state.pool, first.from),
    dollarsPerHourAfter: fleetPrice(state.pool, newest.to) + moreThanUsual(state, newest),
    chart,
    actions: actions(state, newest),
  }
}

function crowdOf({ pool }: PoolState, shown: readonly Episode[]): NonNullable<EpisodeView['crowd']> {
  const path = shown.flatMap(({ from, to }) => [from, to]).filter((size, index, all) => size !== all[index - 1])
  const waits = shown.flatMap(({ worstP95Ms }) => (worstP95Ms === undefined ? [] : [worstP95Ms]))
  return {
    since: shown[0]?.detectedAt ?? shown[0]?.startedAt ?? 0,
    path: path.filter((size, index) => !isBetween(path[index - 1], size, path[index + 1])),
    worstP95Ms: waits.length === 0 ? null : Math.max(...waits),
    dollars: isOver(shown) ? extraOf(shown) * pool.dollarsPerHour : null,
  }
}

function isBetween(before: number | undefined, size: number, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && (before < size ? size < after : size > after)
}

const HOUR_MS = 3_600_000

/** Member-hours beyond the first size: one is paid for from when it is ordered until it is gone. */
function extraOf(shown: readonly Episode[]): number {
  const until = shown.at(-1)?.endedAt ?? 0
  return shown.reduce((sum, { from, to, startedAt, endedAt }) => {
    const at = to > from ? startedAt : (endedAt ?? until)
    return sum + ((to - from) * Math.max(0, until - at)) / HOUR_MS
  }, 0)
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

function underWay(operation: Operation | undefined): EpisodeView['members'][number] {
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

function actions(
  state: PoolState,
  { id, from, to, undone, endedAt, outcomes, decisionId }: Episode,
): readonly Action[] {
  const came = endedAt === null || Object.values(outcomes).some(({ ok }) => ok)
  const { min, max, calendar } = state.pool.policy
  // Of an older one it takes back what it did, wherever that leads now.
  const newest = state.episodes.toSorted(newestFirst)[0]?.id === id
  const open = from <= max && from >= Math.max(min, ...calendar.map((window) => window.min ?? 0))
  const goal = newest && open ? ` → ${from}` : ''
  const count = Math.max(1, to)
  return [
    // Of this one, whatever was decided since.
    {
      action: decisionId === undefined ? 'run:/spinup why' : `run:/spinup why ${decisionId}`,
      label: 'Why',
      style: 'plain',
    },
    ...(undone === undefined && came
      ? [{ action: `run:/spinup undo ${id}`, label: `Undo${goal}`, style: 'plain' } as const]
      : []),
    { action: `run:/spinup pin ${count} for 1h`, label: `Pin at ${count} for 1 h`, style: 'plain', more: true },
    { action: 'run:/spinup snooze 1h', label: 'Snooze 1 h', style: 'plain', more: true },
  ]
}
