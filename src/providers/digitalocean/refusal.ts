import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { RefusalKind } from '../../core/model/refusal.ts'
import { duration } from '../../core/model/words.ts'
import { clip } from '../../core/model/letters.ts'

/**
 * Why a call came to nothing, freed of everything vendor-made: dots-wrapper's errors hold request, headers and token.
 * `unsure`: it failed over there (no answer, or a 5xx).
 */
export interface Refusal {
  readonly kind: 'unauthorised' | 'forbidden' | 'absent' | 'invalid' | 'unsure' | RefusalKind
  /** HTTP status; null: there was no answer. */
  readonly status: number | null
  /** What DigitalOcean said, or what the network did. */
  readonly said: string
  /** From `Retry-After`, or until the hourly window moves on; ms. */
  readonly waitMs: number | null
  readonly requestId: string | null
}

const thrownSchema = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  response: z
    .object({
      status: z.number(),
      data: z.unknown(),
      // axios gives an object of a class of its own, which is no record to zod.
      headers: z.unknown().transform((headers): Readonly<Record<string, unknown>> => ({ ...Object(headers) })),
    })
    .optional()
    .catch(undefined),
})

const bodySchema = z
  .object({ message: z.string().catch(''), request_id: z.string().nullable().catch(null) })
  .catch({ message: '', request_id: null })

/** Reads what dots-wrapper threw; keeps plain text only, without `token`. `now`: epoch ms. */
export function refusalOf(thrown: unknown, context: { readonly token: string; readonly now: number }): Refusal {
  const { code, message, response } = thrownSchema.catch({}).parse(thrown)
  if (response === undefined) {
    const said = scrub(NETWORK_WORDS[code ?? ''] ?? `no answer (${code ?? message ?? 'unknown'})`, context.token)
    return { kind: 'unsure', status: null, said, waitMs: null, requestId: null }
  }
  const { status } = response
  const body = bodySchema.parse(response.data)
  const said = scrub(clip(body.message, LONGEST_SAID), context.token)
  const requestId = body.request_id === null ? null : scrub(body.request_id.slice(0, 64), context.token)
  const kind = isTheirs(response.data) ? kindOf(status, said) : 'unsure'
  return { kind, status, said, waitMs: waitOf(response.headers, status, context.now), requestId }
}

const LONGEST_SAID = 300
const LONGEST_WAIT_MS = 3_600_000

const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was lost',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved right now',
  ETIMEDOUT: 'it did not answer in time',
  ECONNABORTED: 'it did not answer in time',
  ERR_CANCELED: 'it did not answer in time',
}

/** Their refusals are JSON: a page of a proxy's, or nothing at all, says nothing of the token, nor of what there is. */
function isTheirs(data: unknown): boolean {
  return typeof data === 'object' && data !== null
}

function kindOf(status: number, said: string): Refusal['kind'] {
  if (status === 401) return 'unauthorised'
  if (status === 404) return 'absent'
  if (status === 429) return 'rate'
  if (status >= 500) return waitNamedBy(said) === 'maintenance' ? 'maintenance' : 'unsure'
  // Their words come first: a 403 may have nothing to do with the token, a 409 need not be another action.
  const named = waitNamedBy(said)
  if (named !== null) return named
  if (status === 402) return 'account'
  if (status === 403) return 'forbidden'
  return status === 409 || status === 423 ? 'busy' : 'invalid'
}

/** It may or may not have been carried out: there was no answer, or it failed over there. */
export function maybeDone(refusal: Refusal): boolean {
  return refusal.status === null || refusal.status >= 500
}

/** Whole seconds or a date in `Retry-After`; an exhausted hour says only when its oldest request expires. */
function waitOf(headers: Readonly<Record<string, unknown>>, status: number, now: number): number | null {
  const retryAfter = headers['retry-after']
  // By DigitalOcean's clock, where it tells it: ours may be wrong, and the wait holds every bot of the account.
  const dated = Date.parse(String(headers['date']))
  const theirs = Number.isFinite(dated) ? dated : now
  if (typeof retryAfter === 'string' && retryAfter !== '') {
    const ms = /^\d+(\.\d+)?$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - theirs
    if (Number.isFinite(ms)) return bounded(ms)
  }
  const reset = Number(headers['ratelimit-reset'])
  if (status !== 429 || headers['ratelimit-remaining'] !== '0' || !(reset > 0)) return null
  return bounded(reset * 1000 - theirs)
}

/** DigitalOcean counts by the hour: what is longer is a mistake of a clock's, and would hold every bot. */
function bounded(waitMs: number): number {
  return Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS)
}

/** `what` completes "DigitalOcean did not …"; `scope` is what the call needs. The error has no cause on purpose. */
export function errorOf(refusal: Refusal, what: string, scope: string): SpinupError {
  const { kind } = refusal
  const message = sentence(refusal, what, scope)
  switch (kind) {
    case 'unauthorised':
    case 'forbidden':
    case 'absent':
    case 'invalid':
    case 'unsure':
      return new SpinupError('providerFailed', message, { retryable: kind === 'unsure' })
    default:
      return new SpinupError('providerRefused', message, {
        retryAfterMs: refusal.waitMs ?? undefined,
        refusal: { kind, words: refusal.said || message, instead: null },
      })
  }
}

function sentence(refusal: Refusal, what: string, scope: string): string {
  const reference = refusal.requestId === null ? '' : ` (request ${refusal.requestId})`
  const start = `DigitalOcean did not ${what}`
  switch (refusal.kind) {
    case 'unauthorised':
      return `${start}: it no longer accepts our token. Run /spinup connect to link the account again.`
    case 'forbidden':
      return `${start}: the token lacks the scope ${scope}${quoted(refusal.said)}. Run /spinup connect and grant it.`
    case 'absent':
      return `${start}: there is none of that id in the account${reference}.`
    case 'invalid':
    case 'soldOut':
    case 'limit':
    case 'quota':
    case 'account':
    case 'maintenance':
      return `${start}: ${refusal.said || `it answered ${refusal.status}`}${reference}`
    case 'busy':
      return `${start} yet: ${refusal.said || 'another action is still running'}${reference}`
    case 'rate': {
      const wait = refusal.waitMs === null ? '' : ` for ${duration(refusal.waitMs)}`
      return `${start}: the account’s request limit is used up${wait}. Spinup continues by itself.`
    }
    case 'unsure': {
      const { status, said } = refusal
      const odd = status !== null && status < 500
      const why =
        status === null ? said : `its answer was ${status}${odd ? ', not in its own format (a proxy in between?)' : ''}`
      return `${start}: ${why}${reference}. If this lasts, see https://status.digitalocean.com.`
    }
  }
}

function quoted(said: string): string {
  return said === '' ? '' : ` (“${said.replace(/\.$/, '')}”)`
}

/** Waiting does not help: what was asked for does not go together. */
const WRONG = /\binvalid\b|\bdisk\b|\bimage\b|characters|user data|does not exist/i

/**
 * What DigitalOcean says when it gives nothing now, and might later. It has no codes for these, only words, and they differ
 * from place to place; the first that fits counts.
 */
const WAITS: readonly (readonly [kind: RefusalKind, words: RegExp])[] = [
  [
    'account',
    /\b(account|team)\b.*\b(locked|suspended|disabled|on hold|past due|verif\w+)|payment|verify your|billing|unpaid|card\b.*\bdeclined|credit\b.*\bused up|requires? a support ticket|\bsize\b.*\brestricted/i,
  ],
  [
    'busy',
    /blocking (events?|actions?)|pending (events?|actions?)|(events?|actions?)\b.*\b(in progress|pending|going on|running|processing)|\bin progress\b|processes previous actions|\bbeing (\w+ed|taken)\b|not yet (active|available|ready)|image is pending|can['’]?t be updated while|\b(is|currently) (locked|busy)/i,
  ],
  [
    'limit',
    /droplets?['’]? (limit|quota)|(limit|maximum|quota)\b.*\bdroplets?\b|\b(only|more than|at most|up to) (have )?\d+ droplets?\b/i,
  ],
  [
    'soldOut',
    /sold[ -]?out|\b(stock|capacity)\b|(insufficient|not enough) resources|limited availability|\b(region|creation|droplets?)\b.*\brestricted|high demand|\b(region|datacenter)\b.*\b(disabled|closed)|\b(disabled|closed)\b.*\b(region|datacenter)\b|\b(size|plan|region|datacenter|droplets?)\b.*\b(not|currently|temporarily|no longer|isn['’]t) (currently )?(available|unavailable|offered)|\b(size|plan|region|datacenter|droplets?)\b.*\bunavailable/i,
  ],
  ['quota', /quota|limit (was |has been |is )?(reached|exceeded)|(exceed|reach)\w*\b.*\blimit\b|too many/i],
  [
    'maintenance',
    /maintenance|\b(incident|outage)\b|temporarily (disabled|unavailable|suspended|paused|closed)|currently (disabled|unavailable)/i,
  ],
]

/** The wait that DigitalOcean's words ask for; null: they name none. */
export function waitNamedBy(said: string): RefusalKind | null {
  const named = WAITS.find(([, words]) => words.test(said))?.[0] ?? null
  return (named === 'soldOut' || named === 'quota') && WRONG.test(said) ? null : named
}

/** DigitalOcean's own prefixes: personal, OAuth and refresh tokens. */
const TOKENS = /\bdo[opr]_v1_[\w-]+/g

const BEARER = /\bbearer\s+[\w.~+/=-]+/gi

/** `text` without the given secrets, nor anything that looks like a DigitalOcean token or a bearer header. */
export function scrub(text: string, ...secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '…')
  return clean.replace(TOKENS, '…').replace(BEARER, 'bearer …')
}

/** What an answer that cannot be read comes to. `places`: only where it is wrong, not what stood there. */
export function unknownAnswer(what: string, places: readonly string[]): SpinupError {
  return new SpinupError(
    'providerFailed',
    `Asked to ${what}, DigitalOcean gave an answer that Spinup does not know (${places.join(', ')}). Update Spinup, or check DIGITALOCEAN_API_URL.`,
    { retryable: true },
  )
}
