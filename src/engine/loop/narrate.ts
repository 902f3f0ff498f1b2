import type { Episode } from '../../core/model/state.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { cardOf, cardOfApproval, newestFirst } from '../../core/pool/episodes.ts'
import type { Session } from '../session.ts'
import { beginning, saveChart } from '../reports/chart.ts'
import { episodeView } from '../../core/cards/views/episode.ts'
import { pinCard, pinView } from '../../core/cards/views/pin.ts'
import { proposalView, reminderCard, reminderView } from '../../core/cards/views/proposal.ts'
import { refreshView } from '../../core/cards/views/refresh.ts'

/** Cards of what has ended are put once more this long after, in case the bot died before it told. */
const RETELL_MS = 60_000
const BEFORE_MS = 3 * 60_000

/**
 * Puts the card of everything that moves. Unchanged cards make no revision, so telling again is silent. `lastTickAt`: when
 * this was done last, by whichever bot: what has ended since then, however long ago, may not have been told.
 */
export async function narrate(session: Session, lastTickAt: number): Promise<void> {
  const state = session.state()
  const since = Math.min(lastTickAt, session.now) - RETELL_MS
  const fresh = (endedAt: number | null): boolean => endedAt === null || endedAt >= since
  const told = new Set<string>()
  // The newest first: a card that tells of several shows the last of them.
  for (const episode of state.episodes.toSorted(newestFirst)) {
    const card = cardOf(episode)
    if (told.has(card)) continue
    told.add(card)
    const touchedAt = episode.endedAt === null ? null : Math.max(episode.endedAt, episode.undone?.at ?? 0)
    if (fresh(touchedAt)) session.tell(card, episodeView(state, episode, await episodeChart(session, episode)))
  }
  const { refresh } = state
  if (refresh !== null && fresh(refresh.endedAt)) {
    session.tell(`refresh:${refresh.id}`, refreshView(state, refresh, session.now))
  }
  for (const approval of state.approvals.toSorted((a, b) => b.openedAt - a.openedAt)) {
    const card = cardOfApproval(approval)
    const acted = approval.state === 'approved' || (approval.state === 'expired' && approval.onExpiry === 'act')
    // What it led to has the card now, also once the episode itself is forgotten.
    const handedOn = told.has(card) || (acted && approval.episodeId !== undefined)
    told.add(card)
    if (!fresh(approval.decidedAt)) continue
    if (!handedOn) session.tell(card, proposalView(state, approval))
    if (approval.remindedAt === undefined || told.has(reminderCard(approval))) continue
    told.add(reminderCard(approval))
    session.tell(reminderCard(approval), reminderView(state, approval))
  }
  if (state.pin?.warned !== undefined) session.tell(pinCard(state.pin), pinView(state, state.pin))
}

/** Tells what has just become of a question, without waiting for the tick; the picture comes with that. */
export function tellOutcome(session: Session, approvalId: string): void {
  const state = session.state()
  const approval = state.approvals.find(({ id }) => id === approvalId)
  if (approval === undefined) return
  const episode = state.episodes.find(({ id }) => id === approval.episodeId)
  const view = episode === undefined ? proposalView(state, approval) : episodeView(state, episode, null)
  session.tell(cardOfApproval(approval), view)
  if (approval.remindedAt !== undefined) session.tell(reminderCard(approval), reminderView(state, approval))
}

/** One picture when it starts, another when it has ended; each is made once and kept. */
async function episodeChart(session: Session, episode: Episode): Promise<ChartRef | null> {
  const { services } = session
  const state = session.state()
  const ended = episode.endedAt !== null
  const name = `episode-${episode.id}-${ended ? 'end' : 'start'}`
  const wish = {
    stat: state.pool.policy.stat,
    fromAt: beginning(state, episode.startedAt, BEFORE_MS),
    toAt: episode.endedAt ?? episode.startedAt,
    memberIds: [],
  }
  return (await services.charts.reference(`${state.pool.id}.${name}`)) ?? saveChart(services, state, name, wish)
}
