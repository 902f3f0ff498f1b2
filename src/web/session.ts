import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createRate } from '../core/ingest/clock-error.ts'
import { sourceOf } from '../core/model/address.ts'

/** Signed sign-ins to the console; every bot with the same password accepts them, and a new password ends them all. */
export interface Sessions {
  /** Compares in constant time. */
  admits(password: string): boolean
  /** A cookie value that is valid for `SESSION_MS`. */
  issue(now: number): string
  valid(token: string, now: number): boolean
}

/** How long a sign-in lasts. */
export const SESSION_MS = 7 * 24 * 3600_000

/** Sessions for `password`; deriving the key takes some 50 ms once. */
export async function createSessions(password: string): Promise<Sessions> {
  const derive = promisify<string, string, number, Buffer>(scrypt)
  const key = await derive(password, 'spinup console session', 32)
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    admits: (given) => same(given, password),
    issue(now) {
      const claim = `${now + SESSION_MS}.${randomBytes(12).toString('base64url')}`
      return `${claim}.${sign(claim)}`
    },
    valid(token, now) {
      const [expiresAt = '', nonce = '', signature = ''] = token.split('.')
      return same(signature, sign(`${expiresAt}.${nonce}`)) && Number(expiresAt) > now
    },
  }
}

/** What came of a password. `wait`: it was wrong, or not looked at, and that address has to rest for so long, ms. */
export type Attempt = 'right' | 'wrong' | { readonly waitMs: number }

/** Slows guessing down. `now`: ms of a clock that nobody sets, this process's unless given. */
export interface Attempts {
  try(address: string, isRight: () => Promise<boolean>, now?: number): Promise<Attempt>
}

/** Wrong passwords of one address: so many at once, then one every twelve seconds. */
const OF_ONE = { burst: 5, perSecond: 5 / 60 }
/** Of all addresses that have used theirs up, together, where the password is a short one. */
const OF_ALL = { burst: 5000, perSecond: 20 }
/** One as long as this takes centuries to find, however many tries a second get an answer. */
const LONG = 12

/**
 * The right password is let in however many wrong ones came from the same address: behind a proxy or an office's router
 * it is everybody's. A short one could be found that way, so while more is tried than anyone types, addresses that have
 * used up their tries are refused unread; no one else is.
 */
export function createAttempts(password: string): Attempts {
  const ofOne = createRate(OF_ONE)
  const ofAll = password.length >= LONG ? null : createRate(OF_ALL)
  return {
    async try(address, isRight, now = performance.now()) {
      const source = sourceOf(address)
      const restMs = ofOne.wait(source, now) === null ? null : (ofAll?.wait('', now) ?? null)
      if (restMs !== null) return { waitMs: restMs }
      if (await isRight()) return 'right'
      const waitMs = ofOne.take(source, now)
      if (waitMs === null) return 'wrong'
      ofAll?.take('', now)
      return { waitMs }
    },
  }
}

/** Digests first, so that neither the time nor a thrown error tells the length. */
function same(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
