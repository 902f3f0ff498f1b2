import type { Rule } from '../model/decision.ts'
import type { Approval, Episode } from '../model/state.ts'
import type { Draft } from './draft.ts'
import type { PoolState } from './state.ts'

/** A crowd may swell and ebb for as long as no longer than this passes between two changes; so long they are kept, too. */
export const LULL_MS = 60 * 60_000
/** One that begins so soon after the pool was back at its size is part of the same back and forth. */
const FLAP_MS = 10 * 60_000
/** Scale events that one card tells of. */
const MOST_ON_CARD = 30
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

/**
 * On which card an episode that begins now is shown: the one of the crowd that it is of, from the first clone to the last
 * that leaves, or of a pool that goes back and forth; else on its own.
 */
export function sharing(
  state: PoolState,
  begins: Pick<Episode, 'direction' | 'rule'>,
  now: number,
): Pick<Episode, 'cardId'> {
  if (byPeople(begins.rule)) return {}
  const last = state.episodes.filter(({ rule }) => !byPeople(rule)).toSorted(newestFirst)[0]
  if (last === undefined) return {}
  const shown = onCard(state, cardOf(last))
  // What went wrong stays to be seen, and so does what still goes on the other way.
  const stays = shown.some(
    (one) => hasFailed(one) || (one.endedAt === null && one.direction !== begins.direction) || byPeople(one.rule),
  )
  if (stays || shown.length >= MOST_ON_CARD) return {}
  const calmMs = now - Math.max(...shown.map(({ endedAt }) => endedAt ?? now))
  return calmMs <= (isOver(shown) ? FLAP_MS : LULL_MS) ? { cardId: last.cardId ?? last.id } : {}
}

/** The scale events that a card tells of, oldest first. */
export function onCard({ episodes }: Pick<PoolState, 'episodes'>, cardId: string): readonly Episode[] {
  return episodes.filter((one) => cardOf(one) === cardId).toSorted((a, b) => newestFirst(b, a))
}

/** Whether a card's scale events have come to an end: the pool is no larger than before the first. */
export function isOver(shown: readonly Episode[]): boolean {
  const [first, last] = [shown[0], shown.at(-1)]
  if (first === undefined || last === undefined || shown.some(({ endedAt }) => endedAt === null)) return false
  return first.direction === 'in' || byPeople(first.rule) || hasFailed(last) || last.to <= first.from
}

/** The picture of a card: one from its first scale event on, another once all is over (`last`), kept though it goes on after all. */
export function pictureOf(
  state: Pick<PoolState, 'episodes'>,
  newest: Episode,
): { readonly name: string; readonly first: Episode; readonly last: Episode | undefined } {
  const shown = onCard(state, cardOf(newest))
  const first = shown[0] ?? newest
  const last = shown.findLast((one, index) => !hasFailed(one) && isOver(shown.slice(0, index + 1)))
  return { name: last === undefined ? `episode-${first.id}-start` : `episode-${last.id}-end`, first, last }
}

/** Keeps the longest that visitors wait (p95, ms) while a crowd is there. */
export function noteWait(draft: Draft, p95Ms: number | null): void {
  const state = draft.state()
  const newest = state.episodes.toSorted(newestFirst)[0]
  if (newest === undefined || p95Ms === null || isOver(onCard(state, cardOf(newest)))) return
  if (p95Ms <= (newest.worstP95Ms ?? 0)) return
  draft.change({ episodes: { put: [{ ...newest, worstP95Ms: p95Ms }] } })
}

export function newestFirst(a: Episode, b: Episode): number {
  return b.startedAt - a.startedAt || b.id.localeCompare(a.id)
}

export function hasFailed({ outcomes }: Episode): boolean {
  return Object.values(outcomes).some((outcome) => !outcome.ok)
}
