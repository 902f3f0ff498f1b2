import type { RefusalKind } from '../../core/model/refusal.ts'

/** Waiting does not help: what was asked for does not go together. */
const WRONG = /\binvalid\b|\bdisk\b|\bimage\b|characters|does not exist/i

/**
 * What DigitalOcean says when it gives nothing now, and might later. It has no codes for these, only words, and they differ
 * from place to place; the first that fits counts.
 */
const WAITS: readonly (readonly [kind: RefusalKind, words: RegExp])[] = [
  [
    'account',
    /\baccount\b.*\b(locked|suspended|disabled|on hold|past due|verif\w+)|payment|verify your|billing|unpaid|card\b.*\bdeclined|support ticket|\bsize\b.*\brestricted/i,
  ],
  [
    'busy',
    /blocking (events?|actions?)|pending (events?|actions?)|(events?|actions?)\b.*\b(in progress|pending|going on|running|processing)|already in progress|processes previous actions|being (transferred|used|copied|resized|migrated)|image is pending|can['’]?t be updated while|\b(is|currently) (locked|busy)/i,
  ],
  ['limit', /droplets?['’]? (limit|quota)|(limit|maximum|quota)\b.*\bdroplets?\b/i],
  [
    'soldOut',
    /sold[ -]?out|out of (stock|capacity)|\bcapacity\b|(insufficient|not enough) resources|limited availability|\b(region|creation|droplets?)\b.*\brestricted|high demand|\b(region|datacenter)\b.*\b(disabled|closed)|\b(disabled|closed)\b.*\b(region|datacenter)\b|\b(size|plan|region|datacenter|droplets?)\b.*\b(not|currently|temporarily|no longer|isn['’]t) (currently )?(available|unavailable|offered)|\b(size|plan|region|datacenter|droplets?)\b.*\bunavailable/i,
  ],
  ['quota', /quota|limit (was |has been |is )?(reached|exceeded)|(exceed|reach)\w*\b.*\blimit\b|too many/i],
  [
    'maintenance',
    /maintenance|temporarily (disabled|unavailable|suspended|paused|closed)|currently (disabled|unavailable)/i,
  ],
]

/** The wait that DigitalOcean's words ask for; null: they name none. */
export function waitNamedBy(said: string): RefusalKind | null {
  const named = WAITS.find(([, words]) => words.test(said))?.[0] ?? null
  return named === 'soldOut' && WRONG.test(said) ? null : named
}
