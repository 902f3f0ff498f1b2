import type { Operation } from '../model/operation.ts'
import type { Episode, JournalEntry } from '../model/state.ts'
import type { Draft } from '../pool/draft.ts'
import type { PoolState, StateChange } from '../pool/state.ts'
import { duration, plural } from '../model/words.ts'
import { extraOfLife, monthOf, type LeastBill } from '../model/billing.ts'
import { isRetry, learn } from './learn.ts'
import { FORMER_MS } from '../pool/comparison.ts'
import { cardOf, LULL_MS, onCard } from '../pool/episodes.ts'

/** What the finished operations of a pool leave behind. */
export interface Settlement {
  readonly change: StateChange
  readonly journal: readonly JournalEntry[]
  readonly finished: readonly Operation[]
}

/** Books what has finished into the draft; gives it. `least`: as for `settle`. */
export function finishOperations(draft: Draft, least: LeastBill | null): readonly Operation[] {
  const settlement = settle(draft.state(), draft.now, least)
  if (settlement === null) return []
  draft.change(settlement.change)
  settlement.journal.forEach((line) => draft.journal(line))
  return settlement.finished
}

/**
 * Books finished operations into their episodes, the memory and the upkeep, and forgets them; pure. `least`: what the
 * provider bills for a droplet at least. Null: nothing to settle.
 */
export function settle(state: PoolState, now: number, least: LeastBill | null = null): Settlement | null {
  const finished = state.operations.filter((operation) => operation.state.kind !== 'running')
  // Its card may still be redrawn, with all that it tells of.
  const isKept = ({ endedAt }: Episode): boolean => endedAt === null || now - endedAt <= LULL_MS
  const expired = state.episodes.filter((episode) => !onCard(state, cardOf(episode)).some(isKept))
  const learned = learn(state, finished, now)
  if (finished.length === 0 && expired.length === 0 && learned === null) return null

  const { memory, upkeep: known } = learned ?? state
  const upkeep = keepUp({ ...state, upkeep: known }, finished, now, least)
  const changed = state.episodes
    .map((episode) => ({ before: episode, after: book(episode, finished, now) }))
    .filter(({ before, after }) => before !== after)
    .map(({ after }) => after)
  const ended = changed.filter((episode) => episode.endedAt !== null)
  return {
    finished,
    journal: ended.filter((episode) => !isRetry(episode, known.refused)).map((episode) => entry(episode)),
    change: {
      ...(learned === null ? {} : { memory }),
      ...(upkeep === state.upkeep ? {} : { upkeep }),
      operations: { remove: finished.map((operation) => operation.id) },
      episodes: { put: changed, remove: expired.map((episode) => episode.id) },
    },
  }
}

function book(episode: Episode, finished: readonly Operation[], now: number): Episode {
  const mine = finished.filter((operation) => operation.episodeId === episode.id)
  if (mine.length === 0) return episode
  const outcomes = { ...episode.outcomes }
  for (const operation of mine) {
    if (operation.state.kind === 'running') continue
    outcomes[operation.id] = {
      memberId: operation.memberId,
      ok: operation.state.kind === 'done',
      tookMs: operation.state.at - operation.startedAt,
      reason: operation.failure,
      ...(operation.instead === undefined ? {} : { instead: operation.instead }),
    }
  }
  const complete = episode.operationIds.every((id) => outcomes[id] !== undefined)
  return { ...episode, outcomes, endedAt: complete ? now : null }
}

/** Who left, and what short lives cost. */
function keepUp(
  state: PoolState,
  finished: readonly Operation[],
  now: number,
  least: LeastBill | null,
): PoolState['upkeep'] {
  const gone = finished.filter(
    ({ kind, state: { kind: ended } }) => kind === 'scaleIn' || (kind === 'scaleOut' && ended === 'failed'),
  )
  const { upkeep, pool } = state
  if (gone.length === 0) return upkeep
  const month = monthOf(now)
  let dollars = upkeep.extra.month === month ? upkeep.extra.dollars : 0
  const former = upkeep.former.filter((one) => now - one.at < FORMER_MS)
  for (const operation of gone.toSorted((a, b) => endOf(a) - endOf(b))) {
    const at = endOf(operation)
    const { memberId, dropletId, url, startedAt } = operation
    former.push({ memberId, dropletId, url, at })
    if (dropletId !== null) {
      const each = operation.dollarsPerHour ?? pool.dollarsPerHour
      dollars += extraOfLife(at - (operation.memberSince ?? startedAt), each, least)
    }
  }
  return { ...upkeep, former, extra: { month, dollars } }
}

function endOf({ state, stepAt }: Operation): number {
  return state.kind === 'running' ? stepAt : state.at
}

function entry(episode: Episode): JournalEntry {
  const outcomes = Object.values(episode.outcomes)
  const failed = outcomes.filter((outcome) => !outcome.ok)
  const took = duration((episode.endedAt ?? episode.startedAt) - episode.startedAt)
  return {
    at: episode.endedAt ?? episode.startedAt,
    actor: episode.actor,
    what: `Scale ${episode.direction}: ${episode.from} → ${episode.to}. ${episode.reason}`,
    outcome:
      failed.length === 0
        ? `done in ${took}`
        : `${plural(failed.length, 'clone')} of ${outcomes.length} failed: ${failed[0]?.reason ?? 'unknown'}`,
    tone: failed.length === 0 ? 'good' : 'bad',
    about: episode.id,
  }
}
