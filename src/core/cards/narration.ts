import type { Episode } from '../model/state.ts'
import type { ChartRef, View } from '../model/view.ts'
import { askedCard, askedView } from '../pool/asked.ts'
import type { Draft } from '../pool/draft.ts'
import { cardOf, cardOfApproval, newestFirst, onCard } from '../pool/episodes.ts'
import type { PoolState } from '../pool/state.ts'
import { episodeView } from './views/episode.ts'
import { pinCard, pinView } from './views/alert.ts'
import { proposalView, reminderCard, reminderView } from './views/proposal.ts'
import { refreshView } from './views/refresh.ts'

/** Cards of what has ended are put once more this long after, in case the bot died before it posted. */
const RETELL_MS = 60_000

/** A card to put; that of an episode has a picture, which is needed first. */
export interface Telling {
  readonly cardId: string
  readonly episode: Episode | null
  readonly view: (chart: ChartRef | null) => View
}

/**
 * The card of everything that moves. Unchanged cards make no revision, so telling again is silent. `lastTickAt`: when this
 * was done last, by whichever bot: what has ended since then, however long ago, may not have been posted.
 */
export function narration(state: PoolState, lastTickAt: number, now: number): readonly Telling[] {
  const since = Math.min(lastTickAt, now) - RETELL_MS
  const fresh = (endedAt: number | null): boolean => endedAt === null || endedAt >= since
  const tellings: Telling[] = []
  const tell = (cardId: string, view: View): void => void tellings.push({ cardId, episode: null, view: () => view })
  const narrated = new Set<string>()
  // The newest first: a card that tells of several shows the last of them.
  for (const episode of state.episodes.toSorted(newestFirst)) {
    const cardId = cardOf(episode)
    if (narrated.has(cardId)) continue
    narrated.add(cardId)
    const ends = onCard(state, cardId).map(({ endedAt }) => endedAt)
    const touchedAt = ends.includes(null) ? null : Math.max(episode.undone?.at ?? 0, ...ends.map(Number))
    if (fresh(touchedAt)) tellings.push({ cardId, episode, view: (chart) => episodeView(state, episode, chart) })
  }
  const { refresh } = state
  if (refresh !== null && fresh(refresh.endedAt)) tell(`refresh:${refresh.id}`, refreshView(state, refresh, now))
  for (const approval of state.approvals.toSorted((a, b) => b.openedAt - a.openedAt)) {
    const cardId = cardOfApproval(approval)
    const acted = approval.state === 'approved' || (approval.state === 'expired' && approval.onExpiry === 'act')
    // What it led to has the card now, also once the episode itself is forgotten.
    const handedOn = narrated.has(cardId) || (acted && approval.episodeId !== undefined)
    narrated.add(cardId)
    if (!fresh(approval.decidedAt)) continue
    if (!handedOn) tell(cardId, proposalView(state, approval))
    if (approval.remindedAt === undefined || narrated.has(reminderCard(approval))) continue
    narrated.add(reminderCard(approval))
    tell(reminderCard(approval), reminderView(state, approval))
  }
  for (const one of state.asked) if (fresh(one.decidedAt)) tell(askedCard(one), askedView(state, one))
  if (state.pin?.warned !== undefined) tell(pinCard(state.pin), pinView(state, state.pin))
  return tellings
}

/** Tells what has just become of a question, without waiting for the tick; the picture comes with that. */
export function tellOutcome(draft: Draft, approvalId: string): void {
  const state = draft.state()
  const approval = state.approvals.find(({ id }) => id === approvalId)
  if (approval === undefined) return
  const episode = state.episodes.find(({ id }) => id === approval.episodeId)
  const view = episode === undefined ? proposalView(state, approval) : episodeView(state, episode, null)
  draft.tell(cardOfApproval(approval), view)
  if (approval.remindedAt !== undefined) draft.tell(reminderCard(approval), reminderView(state, approval))
}
