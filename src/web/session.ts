import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

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

/**
 * Counts wrong passwords per address, and of all addresses together. `now`: ms of a clock that nobody sets, this
 * process's unless given.
 */
export interface Attempts {
  /** How long `address` has to wait before it may try, ms; 0: now. */
  waitMs(address: string, now?: number): number
  failed(address: string, now?: number): void
}

/** At most `perAddress` wrong tries from one address, and `overall` from everywhere, in any `windowMs`. */
export function createAttempts(limits: {
  readonly perAddress: number
  readonly overall: number
  readonly windowMs: number
}): Attempts {
  let failures: { readonly address: string; readonly at: number }[] = []
  return {
    waitMs(address, now = performance.now()) {
      failures = failures.filter(({ at }) => at > now - limits.windowMs)
      const own = failures.filter((failure) => failure.address === address)
      const oldest =
        own.length >= limits.perAddress ? own[0] : failures.length >= limits.overall ? failures[0] : undefined
      return oldest === undefined ? 0 : oldest.at + limits.windowMs - now
    },
    failed(address, now = performance.now()) {
      failures.push({ address, at: now })
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
