import type { Rule } from '../model/decision.ts'
import type { Approval, EarlierEpisode, Episode } from '../model/state.ts'
import type { PoolState } from './state.ts'

/** One that begins so soon after one of the other direction has ended continues on its card: the pool flaps. */
const FLAP_MS = 10 * 60_000
/** Lines of what a card showed before. */
const MOST_EARLIER = 10
/** What people asked for has a card of its own. */
const BY_PEOPLE: ReadonlySet<Rule> = new Set(['manual', 'pin', 'min', 'calendar'])

/** The card that tells of an episode. */
export function cardOf({ id, cardId }: Pick<Episode, 'id' | 'cardId'>): string {
  return `episode:${cardId ?? id}`
}

/** Of a card that has a page of its own, the page's id; null: it has none. */
export function pageOf(cardId: string): string | null {
  return /^(?:episode|proposal|observed):([\w-]{1,64})$/.exec(cardId)?.[1] ?? null
}

/** The card that asks: the one of the episode that a yes leads to. */
export function cardOfApproval({ id, episodeId }: Pick<Approval, 'id' | 'episodeId'>): string {
  return episodeId === undefined ? `proposal:${id}` : `episode:${episodeId}`
}

/** Whether a person, rather than the load, is behind it. */
export function byPeople(rule: Rule | undefined): boolean {
  return rule === undefined || BY_PEOPLE.has(rule)
}

/** On which card an episode that begins now is shown, when it undoes what another did a moment ago; else nothing. */
export function flapping(
  state: PoolState,
  begins: Pick<Episode, 'direction' | 'rule'>,
  now: number,
): Pick<Episode, 'cardId' | 'earlier'> {
  if (byPeople(begins.rule)) return {}
  const last = state.episodes
    .filter((one) => one.direction !== begins.direction && !byPeople(one.rule))
    .filter(({ endedAt }) => endedAt !== null && now - endedAt <= FLAP_MS)
    .toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0]
  if (last === undefined) return {}
  const shown = newestOn(state, cardOf(last))
  // What still goes on, or went wrong, stays to be seen.
  if (shown === null || shown.endedAt === null || hasFailed(shown)) return {}
  return { cardId: shown.cardId ?? shown.id, earlier: [...(shown.earlier ?? []), lineOf(shown)].slice(-MOST_EARLIER) }
}

/** The episode that a card tells of now. */
export function newestOn(state: PoolState, cardId: string): Episode | null {
  return state.episodes.filter((one) => cardOf(one) === cardId).toSorted(newestFirst)[0] ?? null
}

export function newestFirst(a: Episode, b: Episode): number {
  return b.startedAt - a.startedAt || b.id.localeCompare(a.id)
}

export function hasFailed({ outcomes }: Episode): boolean {
  return Object.values(outcomes).some((outcome) => !outcome.ok)
}

function lineOf({ startedAt, from, to, reason }: Episode): EarlierEpisode {
  return { at: startedAt, from, to, reason }
}
