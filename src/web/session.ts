import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createRate } from '../core/ingest/clock-error.ts'
import { sourceOf } from '../core/model/address.ts'
import type { ConsolePeople, Person } from '../store/console-people.ts'

/** Who is signed in: a person by their name, or (null) the one who has the console's password. */
export interface SignIn {
  readonly person: Person | null
}

/**
 * Signed sign-ins to the console; every bot of the installation accepts them. A new password, or a person's removal, ends
 * theirs, and signing out ends one everywhere.
 */
export interface Sessions {
  /** Whose password it is; null: nobody's. Compares in constant time. */
  admits(password: string): Promise<SignIn | null>
  /** A cookie value that is valid for `SESSION_MS`. */
  issue(who: SignIn, now: number): string
  valid(token: string, now: number): Promise<SignIn | null>
  end(token: string, now: number): Promise<void>
}

/** How long a sign-in lasts. */
export const SESSION_MS = 7 * 24 * 3600_000

/** Sessions for `password` and the people there are; `secret` is the installation's. Deriving the key takes some 50 ms once. */
export async function createSessions(
  password: string,
  { secret, people }: { readonly secret: string; readonly people: ConsolePeople },
): Promise<Sessions> {
  const derive = promisify<string, string, number, Buffer>(scrypt)
  const key = await derive(password, `spinup console session ${secret}`, 32)
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  /** What a token claims, if it is ours and not too old. */
  const claimOf = (token: string, now: number): Claim | null => {
    const [expiresAt = '', nonce = '', name = '', mark = '', signature = ''] = token.split('.')
    if (!same(signature, sign(`${expiresAt}.${nonce}.${name}.${mark}`)) || Number(expiresAt) <= now) return null
    return { expiresAt: Number(expiresAt), nonce, name: Buffer.from(name, 'base64url').toString('utf8'), mark }
  }
  return {
    async admits(given) {
      if (same(given, password)) return { person: null }
      const person = await people.find(given)
      return person === null ? null : { person }
    },
    issue({ person }, now) {
      const name = Buffer.from(person?.name ?? '').toString('base64url')
      const claim = `${now + SESSION_MS}.${randomBytes(12).toString('base64url')}.${name}.${person?.mark ?? ''}`
      return `${claim}.${sign(claim)}`
    },
    async valid(token, now) {
      const claim = claimOf(token, now)
      if (claim === null || (await people.isEnded(claim.nonce))) return null
      if (claim.name === '') return { person: null }
      const person = await people.person(claim.name)
      return person?.mark === claim.mark ? { person } : null
    },
    async end(token, now) {
      const claim = claimOf(token, now)
      if (claim !== null) await people.end(claim.nonce, claim.expiresAt - now)
    },
  }
}

interface Claim {
  readonly expiresAt: number
  readonly nonce: string
  readonly name: string
  readonly mark: string
}

/** What came of a password. `wait`: it was wrong, or not looked at, and that address has to rest for so long, ms. */
export type Attempt =
  | { readonly is: 'right'; readonly who: SignIn }
  | { readonly is: 'wrong' }
  | { readonly is: 'wait'; readonly waitMs: number }

/** Slows guessing down. `now`: ms of a clock that nobody sets, this process's unless given. */
export interface Attempts {
  try(address: string, look: () => Promise<SignIn | null>, now?: number): Promise<Attempt>
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
    async try(address, look, now = performance.now()) {
      const source = sourceOf(address)
      const restMs = ofOne.wait(source, now) === null ? null : (ofAll?.wait('', now) ?? null)
      if (restMs !== null) return { is: 'wait', waitMs: restMs }
      const who = await look()
      if (who !== null) return { is: 'right', who }
      const waitMs = ofOne.take(source, now)
      if (waitMs === null) return { is: 'wrong' }
      ofAll?.take('', now)
      return { is: 'wait', waitMs }
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
