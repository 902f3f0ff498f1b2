import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { guardAll } from './guard.ts'
import { keys } from './keys.ts'

/** Who may sign in to the console beside the one who has its password, and which sign-ins were ended. */
export interface ConsolePeople {
  /** A one-time link's secret, good for a day; who opens it becomes this person. Names are as they are written. */
  invite(name: string): Promise<string>
  /** Whom a link is for, without using it up; null: it was used, has expired or never was. */
  invited(link: string): Promise<string | null>
  /** Uses a link up: the password of the person it was for, which is seen once. One they had before stops working. */
  join(link: string): Promise<(Person & { readonly password: string }) | null>
  /** Whose password this is. */
  find(password: string): Promise<Person | null>
  /** As it is now; null: removed, or never there. */
  person(name: string): Promise<Person | null>
  names(): Promise<readonly string[]>
  /** Ends their password and every sign-in with it; false: there is none of that name. */
  remove(name: string): Promise<boolean>
  /** Ends a sign-in that would have lasted for so long, ms. */
  end(session: string, ms: number): Promise<void>
  isEnded(session: string): Promise<boolean>
}

export interface Person {
  readonly name: string
  /** Changes with their password. */
  readonly mark: string
}

const INVITED_MS = 24 * 3600_000
/** The name stands in it, so that one look finds it. */
const PASSWORD = /^spp_([\w-]{1,120})\.([\w-]{32})$/

const linkKey = (link: string): string => `${keys.consolePeople}:link:${hashOf(link)}`
const endedKey = (session: string): string => `${keys.consolePeople}:ended:${hashOf(session)}`

/** People in `redis`, which keeps only SHA-256s of links and passwords: both are 192 random bits or more. */
export function createConsolePeople(redis: Redis): ConsolePeople {
  const read = async (name: string): Promise<Person | null> => {
    const hash = await redis.hget(keys.consolePeople, name)
    return hash === null ? null : { name, mark: markOf(hash) }
  }
  return guardAll('read or change who may use the console', {
    async invite(name) {
      const link = randomBytes(32).toString('base64url')
      await redis.set(linkKey(link), name, 'PX', INVITED_MS)
      return link
    },
    invited: (link) => redis.get(linkKey(link)),
    async join(link) {
      const name = await redis.getdel(linkKey(link))
      if (name === null) return null
      const password = `spp_${Buffer.from(name).toString('base64url')}.${randomBytes(24).toString('base64url')}`
      const hash = hashOf(password)
      await redis.hset(keys.consolePeople, name, hash)
      return { name, mark: markOf(hash), password }
    },
    async find(password) {
      const [, named] = PASSWORD.exec(password.trim()) ?? []
      if (named === undefined) return null
      const name = Buffer.from(named, 'base64url').toString('utf8')
      const kept = await redis.hget(keys.consolePeople, name)
      // Hashes: how long a comparison takes tells nothing of what was hashed.
      return kept === hashOf(password.trim()) ? { name, mark: markOf(kept) } : null
    },
    person: read,
    names: async () => (await redis.hkeys(keys.consolePeople)).toSorted(),
    remove: async (name) => (await redis.hdel(keys.consolePeople, name)) === 1,
    async end(session, ms) {
      await redis.set(endedKey(session), '1', 'PX', Math.max(1, Math.ceil(ms)))
    },
    isEnded: async (session) => (await redis.exists(endedKey(session))) === 1,
  })
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function markOf(hash: string): string {
  return hash.slice(0, 16)
}
