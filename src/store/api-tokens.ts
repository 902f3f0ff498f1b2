import { createHash, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { isExpired, type ApiToken, type TokenOrder } from '../core/model/api-token.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Asker } from '../core/model/platforms.ts'
import { guardAll, isFull } from './guard.ts'
import { keys } from './keys.ts'

/** Whose a token is, and the one-time links that make them. Redis keeps only SHA-256s of both: each is 256 random bits. */
export interface ApiTokens {
  /** A new link's secret, good for 15 minutes. Throws `conflict` for a name that is taken, `limited` when there are too many. */
  order(order: TokenOrder, asker: Asker): Promise<string>
  /** What a link is for, without using it up; null when it was used, has expired or never was. */
  peek(link: string): Promise<Ordered | null>
  /** Uses a link up. */
  redeem(link: string): Promise<Ordered | null>
  /** The token that was ordered, which is seen this once: `spt_…`. Throws as `order`. */
  make(order: TokenOrder, now: number): Promise<string>
  /** null: it never was, or it was revoked. Notes that it was used. */
  find(token: string, now: number): Promise<ApiToken | null>
  /** A team's, by name. */
  of(tenant: string | null): Promise<readonly ApiToken[]>
  /** It works no more from now on; false: there is none of that name. */
  revoke(tenant: string | null, name: string): Promise<boolean>
}

export interface Ordered {
  readonly order: TokenOrder
  readonly asker: Asker
}

/** Of one team. */
const MOST = 50
const LINK_MS = 15 * 60_000
/** That it is used is noted so often and no more. */
const USED_MS = 60_000
const TOKEN = /^spt_[\w-]{43}$/

type Kept = Omit<ApiToken, 'usedAt'> & { readonly hash: string }

export function createApiTokens(redis: Redis): ApiTokens {
  // All of these are written here alone.
  const keptIn = (text: string | null): Kept | null => (text === null ? null : (JSON.parse(text) as Kept))
  const orderIn = (text: string | null): Ordered | null => (text === null ? null : (JSON.parse(text) as Ordered))
  const linkKey = (link: string): string => keys.tokenLink(hashOf(link))

  return guardAll('read or change API tokens', {
    async order(order, asker) {
      const { tenant, name } = order
      if ((await redis.hexists(keys.tokens(tenant ?? ''), name)) === 1) throw taken(name)
      if ((await redis.hlen(keys.tokens(tenant ?? ''))) >= MOST) throw full()
      const link = secret()
      await redis.set(linkKey(link), JSON.stringify({ order, asker }), 'PX', LINK_MS)
      return link
    },
    peek: async (link) => orderIn(await redis.get(linkKey(link))),
    redeem: async (link) => orderIn(await redis.getdel(linkKey(link))),
    async make({ forMs, ...order }, now) {
      const token = `spt_${secret()}`
      const hash = hashOf(token)
      const { tenant, name } = order
      const kept: Kept = { ...order, hash, createdAt: now, expiresAt: forMs === null ? null : now + forMs }
      const team = keys.tokens(tenant ?? '')
      // Whose it is comes first: one that is listed can be found, and one that is not is none.
      await redis.hset(keys.tokenHashes, hash, JSON.stringify([tenant, name]))
      const added = await redis.hsetnx(team, name, JSON.stringify(kept))
      if (added === 1 && (await redis.hlen(team)) <= MOST) return token
      if (added === 1) await redis.hdel(team, name)
      await redis.hdel(keys.tokenHashes, hash)
      throw added === 1 ? full() : taken(name)
    },
    async find(token, now) {
      if (!TOKEN.test(token)) return null
      const hash = hashOf(token)
      const whose = await redis.hget(keys.tokenHashes, hash)
      if (whose === null) return null
      const [tenant, name] = JSON.parse(whose) as [string | null, string]
      const [text, used] = await Promise.all([
        redis.hget(keys.tokens(tenant ?? ''), name),
        redis.hget(keys.tokensUsed(tenant ?? ''), name),
      ])
      const kept = keptIn(text)
      if (kept === null || kept.hash !== hash) return null
      const usedAt = used === null ? null : Number(used)
      const due = usedAt === null || Math.abs(now - usedAt) >= USED_MS
      if (due && !isExpired(kept, now)) {
        // A Redis that is full can still be read from, so programs can, too.
        await redis.hset(keys.tokensUsed(tenant ?? ''), name, Math.round(now)).catch(unlessFull)
      }
      return known(kept, usedAt)
    },
    async of(tenant) {
      const [all, used] = await Promise.all([
        redis.hgetall(keys.tokens(tenant ?? '')),
        redis.hgetall(keys.tokensUsed(tenant ?? '')),
      ])
      return Object.entries(all)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, text]) => known(keptIn(text)!, used[name] === undefined ? null : Number(used[name])))
    },
    async revoke(tenant, name) {
      const kept = keptIn(await redis.hget(keys.tokens(tenant ?? ''), name))
      if (kept === null) return false
      const gone = await redis.hdel(keys.tokens(tenant ?? ''), name)
      await Promise.all([redis.hdel(keys.tokenHashes, kept.hash), redis.hdel(keys.tokensUsed(tenant ?? ''), name)])
      return gone === 1
    },
  })
}

function unlessFull(error: unknown): void {
  if (isFull(error) === null) throw error
}

function known({ name, tenant, can, pools, by, createdAt, expiresAt }: Kept, usedAt: number | null): ApiToken {
  return { name, tenant, can, pools, by, createdAt, expiresAt, usedAt }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function taken(name: string): SpinupError {
  return new SpinupError(
    'conflict',
    `There is a token called ${name} already. Revoke it first: /spinup token revoke ${name}.`,
  )
}

function full(): SpinupError {
  return new SpinupError('limited', `A team has at most ${MOST} tokens. Revoke one that is not used: /spinup token.`)
}
