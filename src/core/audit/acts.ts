import { SPINUP, type Actor } from '../model/pool.ts'
import type { Decision } from '../model/decision.ts'
import type { Approval, Episode, JournalEntry } from '../model/state.ts'
import type { PoolState } from '../pool/state.ts'
import { hideTokens } from '../model/tokens.ts'
import { duration } from '../model/words.ts'
import type { AuditDraft } from '../model/audit.ts'
import { visible } from '../model/clean.ts'
import { clip } from '../model/letters.ts'

/** One stretch of work on a pool, as it is written. */
export interface Committed {
  readonly before: PoolState
  readonly after: PoolState
  readonly journal: readonly JournalEntry[]
  readonly decisions: readonly Decision[]
  /** Epoch ms. */
  readonly at: number
}

/** What of it belongs to a decision, an episode, an approval: the newest of each. */
export interface Refs {
  readonly decision: string | null
  readonly episode: string | null
  readonly approval: string | null
}

export const NO_REFS: Refs = { decision: null, episode: null, approval: null }

/** What a person's request set off. */
export function refsOf(committed: Committed): Refs {
  const begun = begunEpisodes(committed).at(-1)
  const approval = changedApprovals(committed).at(-1)?.after
  return {
    decision: approval?.decision.id ?? (begun === undefined ? null : decisionOf(committed, begun)),
    episode: begun?.id ?? null,
    approval: approval?.id ?? null,
  }
}

/** What nobody asked for just now: scale events that begin and end, questions to the team, and what Spinup noted. */
export function actsOf(committed: Committed): readonly AuditDraft[] {
  // A reminder is no answer.
  const approvals = changedApprovals(committed).filter(({ before, after }) => before?.state !== after.state)
  return [
    ...approvals.map(({ after }) => question(committed, after)),
    ...begunEpisodes(committed).map((episode) => scaling(committed, episode)),
    ...loneOperations(committed),
    ...relinked(committed),
    ...committed.journal
      .filter(({ about }) => !approvals.some(({ after }) => after.id === about))
      .map((entry) => noted(committed, entry)),
  ]
}

function begunEpisodes({ before, after }: Committed): readonly Episode[] {
  const known = new Set(before.episodes.map(({ id }) => id))
  return after.episodes.filter(({ id }) => !known.has(id))
}

function changedApprovals({
  before,
  after,
}: Committed): readonly { readonly before: Approval | null; readonly after: Approval }[] {
  const known = new Map(before.approvals.map((approval) => [approval.id, approval]))
  return after.approvals
    .map((approval) => ({ before: known.get(approval.id) ?? null, after: approval }))
    .filter(({ before: old, after: approval }) => JSON.stringify(old) !== JSON.stringify(approval))
}

/** The decision that an episode carries out; null: none, as when a member's droplet is gone. */
function decisionOf({ after, decisions }: Committed, episode: Episode): string | null {
  if (episode.decisionId !== undefined) return episode.decisionId
  const approved = after.approvals.map(({ decision }) => decision)
  const candidates = [...decisions, ...(after.decision === null ? [] : [after.decision]), ...approved]
  const kind = episode.direction === 'out' ? 'scaleOut' : 'scaleIn'
  return candidates.find((one) => one.kind === kind && one.to === episode.to)?.id ?? null
}

function scaling(committed: Committed, episode: Episode): AuditDraft {
  const { direction, from, to, reason, actor } = episode
  return {
    ...blank(committed, actor, actor.id === SPINUP.id ? 'decision' : 'event'),
    action: direction === 'out' ? 'scaleOut' : 'scaleIn',
    what: withoutSecrets(`Scale ${direction}: ${from} → ${to}. ${reason}`),
    decision: decisionOf(committed, episode),
    episode: episode.id,
    outcome: 'begun',
    detail: { from, to, operations: episode.operationIds },
  }
}

/** Work that is no scale event: a snapshot, an origin that comes back, a refresh's own. */
function loneOperations(committed: Committed): readonly AuditDraft[] {
  const { before, after } = committed
  const known = new Set(before.operations.map(({ id }) => id))
  const episodes = new Set(after.episodes.map(({ id }) => id))
  return after.operations
    .filter((operation) => !known.has(operation.id) && !episodes.has(operation.episodeId))
    .map((operation) => ({
      ...blank(committed, operation.actor, operation.actor.id === SPINUP.id ? 'decision' : 'event'),
      action: operation.kind,
      what: `${OPERATIONS[operation.kind]} ${operation.memberId}`,
      episode: operation.episodeId,
      outcome: 'begun',
      detail: { operation: operation.id, member: operation.memberId },
    }))
}

const OPERATIONS = {
  scaleOut: 'Bring in',
  scaleIn: 'Take out',
  snapshot: 'Take a snapshot of',
  adopt: 'Take in',
} as const

function question(committed: Committed, approval: Approval): AuditDraft {
  const { from, to, reason, id: decision } = approval.decision
  const open = approval.state === 'open'
  return {
    ...blank(committed, approval.by ?? SPINUP, 'decision'),
    action: 'approval',
    what: withoutSecrets(`${open ? 'Asked the team' : 'Question to the team'}: ${from} → ${to}. ${reason}`),
    decision,
    approval: approval.id,
    outcome: open ? 'begun' : 'done',
    told: withoutSecrets(open ? '' : [approval.state, approval.note].filter((text) => text !== null).join(': ')),
    detail: { from, to, state: approval.state },
  }
}

function relinked(committed: Committed): readonly AuditDraft[] {
  const { before, after } = committed
  if (before.pool.account === after.pool.account) return []
  const what = `The account of ${after.pool.name} was linked again`
  return [{ ...blank(committed, SPINUP, 'event'), action: 'account', what }]
}

function noted(committed: Committed, { actor, what, outcome, tone, about }: JournalEntry): AuditDraft {
  const episode = committed.after.episodes.find(({ id }) => id === about)
  const draft = blank(committed, actor, 'event')
  const words = { what: withoutSecrets(what), told: withoutSecrets(outcome) }
  if (episode === undefined) return { ...draft, ...words, action: 'note', outcome: tone === 'bad' ? 'failed' : 'done' }
  const outcomes = Object.values(episode.outcomes)
  const failed = outcomes.filter(({ ok }) => !ok).length
  return {
    ...draft,
    ...words,
    action: episode.direction === 'out' ? 'scaleOut' : 'scaleIn',
    episode: episode.id,
    outcome: failed === 0 ? 'done' : 'failed',
    detail: {
      from: episode.from,
      to: episode.to,
      startedAt: episode.startedAt,
      tookMs: (episode.endedAt ?? committed.at) - episode.startedAt,
      failed,
      members: outcomes.map(({ memberId, ok, tookMs }) => ({ member: memberId, ok, took: duration(tookMs), tookMs })),
    },
  }
}

function blank({ after, at }: Committed, actor: Actor, kind: AuditDraft['kind']): Omit<AuditDraft, 'action' | 'what'> {
  return {
    at,
    kind,
    actor,
    place: null,
    tenant: after.pool.tenant ?? null,
    pool: { id: after.pool.id, name: after.pool.name },
    ...NO_REFS,
    outcome: 'done',
    told: '',
    detail: {},
  }
}

/** What is one by the words before it. */
const SECRETS: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=\b(?:token|secret|password|passwd|api[_-]?key|key|link)\s*[=:]\s*)[^\s&"']{4,}/gi,
  // A user and password in a URL.
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
]
const LONGEST = 400

/** The text with everything that looks like a secret left out, cut to 400 characters. */
export function withoutSecrets(text: string): string {
  let clean = hideTokens(text)
  for (const pattern of SECRETS) clean = clean.replaceAll(pattern, '…')
  return clip(visible(clean, ' ').replaceAll(/\s+/g, ' ').trim(), LONGEST)
}

/** The same for every text in plain data, to any depth that a request has. */
export function plainWithoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value)
  if (Array.isArray(value)) return value.map(plainWithoutSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainWithoutSecrets(one)]))
}
