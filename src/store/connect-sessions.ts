import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Asker } from '../core/model/platforms.ts'
import { guardAll } from './guard.ts'
import { keys } from './keys.ts'

/** Who asked for a link, and what for: a new pool (null), or another access to the account of this one. */
export interface LinkOrder {
  readonly asker: Asker
  readonly poolId: string | null
}

/** One-time links to the connect page and the sessions they open. Redis keeps only SHA-256s of both. */
export interface ConnectSessions {
  /** A new link's secret: 256 random bits, good for 15 minutes. */
  createLink(order: LinkOrder): Promise<string>
  /** What a link is for, without using it up; null when it was used, has expired or never was. */
  peek(link: string): Promise<LinkOrder | null>
  /** Uses a link up; exactly one caller gets the order. */
  redeem(link: string): Promise<LinkOrder | null>
  /** Keeps a session for another hour, as text; `id` is what the cookie holds. */
  save(id: string, text: string): Promise<void>
  load(id: string): Promise<string | null>
  end(id: string): Promise<void>
}

const LINK_MS = 15 * 60_000
const SESSION_MS = 60 * 60_000

export function createConnectSessions(redis: Redis): ConnectSessions {
  // Written by `createLink` alone.
  const orderOf = (text: string | null): LinkOrder | null => (text === null ? null : (JSON.parse(text) as LinkOrder))
  return guardAll('save or read a link', {
    async createLink(order) {
      const link = newSecret()
      await redis.set(keys.connectLink(hashOf(link)), JSON.stringify(order), 'PX', LINK_MS)
      return link
    },
    peek: async (link) => orderOf(await redis.get(keys.connectLink(hashOf(link)))),
    redeem: async (link) => orderOf(await redis.getdel(keys.connectLink(hashOf(link)))),
    async save(id, text) {
      await redis.set(keys.connectSession(hashOf(id)), text, 'PX', SESSION_MS)
    },
    load: (id) => redis.get(keys.connectSession(hashOf(id))),
    async end(id) {
      await redis.del(keys.connectSession(hashOf(id)))
    },
  })
}

/** 256 random bits, as text for a URL, a cookie or a form. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
