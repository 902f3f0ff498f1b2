import type { AuditEntry } from '../../core/model/audit.ts'
import type { Decision } from '../../core/model/decision.ts'
import type { EpisodePage } from '../../core/model/message.ts'
import type { Episode } from '../../core/model/state.ts'
import { cardOf, cardOfApproval, onCard, pictureOf } from '../../core/pool/episodes.ts'
import type { DecisionView } from '../../core/model/view.ts'
import { episodeView } from '../../core/cards/views/episode.ts'
import { proposalView } from '../../core/cards/views/proposal.ts'
import { viewOf } from '../../core/cards/words.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import { saveDecisionChart } from './chart.ts'
import { poolsSeen } from './live.ts'

/** So many decisions are kept, and so many entries of a history are about one scale event at most. */
const DECISIONS = 1000
const MOST_ENTRIES = 100
const HOUR_MS = 3_600_000

/** All there is to say of a scale event, question or observed decision of a team's pools (null: the installation's own). */
export async function episodePage(services: Services, tenant: string | null, id: string): Promise<EpisodePage | null> {
  const states = await poolsSeen(services, tenant)
  for (const state of states) {
    const page = await pageIn(services, state, id, states.length > 1)
    if (page !== null) return page
  }
  return recordedPage(services, new Set(states.map(({ pool }) => pool.id)), id)
}

/** What only the history still has: older scale events, and what people did (`entry-SEQ`). */
async function recordedPage(services: Services, pools: ReadonlySet<string>, id: string): Promise<EpisodePage | null> {
  const about = ({ pool, episode, approval, decision, seq }: AuditEntry): boolean =>
    pool !== null && pools.has(pool.id) && [episode, approval, decision, `entry-${seq}`].includes(id)
  const entries = await services.auditLog.newest(MOST_ENTRIES, about)
  const first = entries.at(-1)
  return first === undefined
    ? null
    : { cardId: `entry:${id}`, at: first.at, view: null, decision: null, timeline: timelineOf(entries) }
}

/** Oldest first. */
function timelineOf(entries: readonly AuditEntry[]): EpisodePage['timeline'] {
  return entries
    .toReversed()
    .map(({ at, actor, what, told: result, outcome }) => ({ at, who: actor.name, what, result, outcome }))
}

async function pageIn(services: Services, state: PoolState, id: string, named: boolean): Promise<EpisodePage | null> {
  const { pool } = state
  // A card that tells of several is linked by the first; each has its own page, too.
  const episode = onCard(state, `episode:${id}`).at(-1) ?? state.episodes.find((one) => one.id === id)
  const approval = state.approvals.find((one) => one.id === id || (one.episodeId ?? '') === id)
  const decisionId = episode?.decisionId ?? approval?.decision.id ?? id
  const decision =
    approval?.decision ?? (await services.store.decisions(pool.id, DECISIONS)).find((one) => one.id === decisionId)
  if (episode === undefined && approval === undefined && decision === undefined) return null
  const of = { id: pool.id, name: pool.name, named }
  const cardId = episode ? cardOf(episode) : approval ? cardOfApproval(approval) : `observed:${id}`
  const view = episode
    ? episodeView(state, episode, await chartOf(services, state, episode))
    : approval
      ? proposalView(state, approval)
      : null
  const about = (entry: AuditEntry): boolean =>
    entry.pool?.id === pool.id &&
    ((episode !== undefined && entry.episode === episode.id) ||
      (approval !== undefined && entry.approval === approval.id) ||
      (decision !== undefined && entry.decision === decision.id))
  const since = Math.min(...[episode?.detectedAt, episode?.startedAt, approval?.openedAt, decision?.at].filter(isTime))
  const entries = await services.auditLog.newest(MOST_ENTRIES, about, { sinceAt: since - HOUR_MS })
  return {
    cardId,
    at: since,
    view: view === null ? null : viewOf(view, of),
    decision: decision === undefined ? null : viewOf(await decisionOf(services, state, decision), of),
    timeline: timelineOf(entries),
  }
}

async function decisionOf(services: Services, state: PoolState, decision: Decision): Promise<DecisionView> {
  const chart = await saveDecisionChart(services, state, decision)
  const { name: pool, policy } = state.pool
  return { kind: 'decision', pool, decision, observedOnly: policy.mode === 'observe', chart }
}

/** The picture that its card has. */
async function chartOf(
  services: Services,
  state: PoolState,
  episode: Episode,
): ReturnType<Services['charts']['reference']> {
  return services.charts.reference(`${state.pool.id}.${pictureOf(state, episode).name}`)
}

function isTime(at: number | null | undefined): at is number {
  return typeof at === 'number'
}
