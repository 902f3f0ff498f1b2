import { SpinupError } from '../model/error.ts'
import { SPINUP, type Actor } from '../model/pool.ts'
import type { Asked } from '../model/state.ts'
import type { AlertView } from '../model/view.ts'
import { capital } from '../model/words.ts'
import { anyOf, approverWords } from './approvers.ts'
import type { Draft } from './draft.ts'
import type { PoolState } from './state.ts'

/** A program that asks again and again fills no channel. */
const MOST_OPEN = 10
/** Decided ones stay for so long, and so many: who asked looks how it ended. */
const KEPT_MS = 24 * 3600_000
const MOST_KEPT = 50

/** Puts a question of a token to the team; the same one that is open already is asked once. Throws `limited`. */
export function askPerson(draft: Draft, wish: Pick<Asked, 'actor' | 'line' | 'request'>): Asked {
  const { now } = draft
  const { asked, pool } = draft.state()
  const open = asked.filter(({ state }) => state === 'open')
  // The line alone is rounded.
  const same = open.find(({ actor, request }) => {
    return actor.id === wish.actor.id && JSON.stringify(request) === JSON.stringify(wish.request)
  })
  if (same !== undefined) return same
  if (open.length >= MOST_OPEN) {
    throw new SpinupError('limited', `${MOST_OPEN} requests of tokens wait for an answer already; nothing was changed.`)
  }
  const deadlineAt = now + pool.policy.approvalMs
  const made: Asked = { ...wish, id: draft.newId(), state: 'open', askedAt: now, deadlineAt, by: null, decidedAt: null }
  draft.change({ asked: { put: [made] } })
  draft.journal({ at: now, actor: made.actor, what: `Asks for: ${made.line}`, outcome: 'waits', tone: 'info' })
  draft.tell(askedCard(made), askedView(draft.state(), made))
  return made
}

/** Answers one. Throws `notFound` for one that is not known, and `conflict` for one that was answered, or waited too long. */
export function answerAsked(draft: Draft, id: string, state: 'allowed' | 'refused', by: Actor): Asked {
  expireAsked(draft)
  const found = draft.state().asked.find((one) => one.id === id)
  if (found === undefined) throw new SpinupError('notFound', 'That request is no longer known; nothing was changed.')
  if (found.state !== 'open') {
    throw new SpinupError('conflict', `That is answered: ${outcomeOf(found)}. Nothing was changed.`)
  }
  return settle(draft, found, { state, by })
}

/** What could not be done after all waits again, for as long as it would have. */
export function reopenAsked(draft: Draft, id: string): void {
  const found = draft.state().asked.find((one) => one.id === id)
  if (found === undefined) return
  const open: Asked = { ...found, state: 'open', by: null, decidedAt: null }
  draft.change({ asked: { put: [open] } })
  draft.tell(askedCard(open), askedView(draft.state(), open))
}

/** Ends those that waited too long, and forgets old ones. */
export function expireAsked(draft: Draft): void {
  const { now } = draft
  for (const one of draft.state().asked) {
    if (one.state === 'open' && one.deadlineAt <= now) settle(draft, one, { state: 'expired', by: null })
  }
  const old = draft
    .state()
    .asked.filter(({ state }) => state !== 'open')
    .toSorted((a, b) => (b.decidedAt ?? now) - (a.decidedAt ?? now))
    .filter(({ decidedAt }, index) => index >= MOST_KEPT || now - (decidedAt ?? now) > KEPT_MS)
  if (old.length > 0) draft.change({ asked: { remove: old.map(({ id }) => id) } })
}

function settle(draft: Draft, one: Asked, outcome: Pick<Asked, 'state' | 'by'>): Asked {
  const { now } = draft
  const settled: Asked = { ...one, ...outcome, decidedAt: now }
  draft.change({ asked: { put: [settled] } })
  const what = `${one.actor.name} asked for: ${one.line}`
  draft.journal({ at: now, actor: outcome.by ?? SPINUP, what, outcome: outcome.state, tone: 'info' })
  draft.tell(askedCard(settled), askedView(draft.state(), settled))
  return settled
}

/** The card that asks, and later says what came of it. */
export function askedCard({ id }: Asked): string {
  return `asked:${id}`
}

const TONES = { open: 'warn', allowed: 'good', refused: 'bad', expired: 'info' } as const

/** The question with its two buttons; once it is answered, by whom. */
export function askedView({ pool }: PoolState, asked: Asked): AlertView {
  const { id, actor, line, state, askedAt, deadlineAt, decidedAt } = asked
  const { approvers } = pool.policy
  const open = state === 'open'
  return {
    kind: 'alert',
    tone: TONES[state],
    title: open ? `The ${actor.name} asks for: ${line}` : `${capital(outcomeOf(asked))}: ${line}`,
    text: open
      ? `It is done for ${pool.name} when a person allows it; without an answer, nothing is done.`
      : `Requested by the ${actor.name}.`,
    fix: null,
    facts: open && approvers.length > 0 ? [{ name: 'Who may answer', value: anyOf(approverWords(approvers)) }] : [],
    actions: open
      ? [
          { action: `run:/spinup token allow ${id}`, label: 'Allow', style: 'primary' },
          { action: `run:/spinup token refuse ${id}`, label: 'Refuse', style: 'plain' },
        ]
      : [],
    state: open ? 'active' : 'resolved',
    since: askedAt,
    resolvedAt: decidedAt,
    asks: deadlineAt,
  }
}

function outcomeOf({ state, by }: Asked): string {
  return state === 'expired' ? 'nobody answered in time' : `${by?.name ?? 'somebody'} ${state} it`
}
