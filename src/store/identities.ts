import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Redis } from 'ioredis'
import { SpinupError } from '../core/model/error.ts'
import { createReportLedger, ledgerKeys, type ReportLedger } from './report-ledger.ts'

/** Which member a key speaks for. */
export interface MemberRef {
  readonly poolId: string
  readonly memberId: string
}

/** The keys members report with. Redis keeps only their SHA-256; a key itself is seen once, where it is made. */
export interface Identities {
  /**
   * Makes the member's key (`spa_…`); the one it had before stops working. `random`: its 32 secret characters
   * (`A-Z a-z 0-9 _ -`) where the caller must be able to make the same key again; that one changes nothing for a member
   * that has a key, since it may be what this one was exchanged for.
   */
  issue(poolId: string, memberId: string, random?: string): Promise<string>
  /** Whose key this is; null when it is nobody's (any more). */
  verify(key: string): Promise<MemberRef | null>
  /** Ends the member's key, its open enrolment and what is known of its reports. */
  revoke(poolId: string, memberId: string): Promise<void>
  /** Makes a one-time key (`spe_…`) good for `ttlMs`; an earlier one of the same member stops working. */
  createEnrolment(request: MemberRef & { readonly ttlMs: number }): Promise<string>
  /** Whether a one-time key could be exchanged just now; does not use it up. */
  isOpen(key: string): Promise<boolean>
  /** Which member a one-time key names, whether or not it is good. */
  memberOf(key: string): MemberRef | null
  /**
   * Exchanges a one-time key, or the key that a member has, for a new one; null when it is used, expired or unknown.
   * Exactly one caller wins; with the same `random` (the new key's secret characters) it may ask again.
   */
  enrol(key: string, random?: string): Promise<(MemberRef & { readonly key: string }) | null>
  /** Which reports each member has delivered. */
  readonly ledger: ReportLedger
}

const agentKeys = (poolId: string): string => `spinup:{${poolId}}:agent-keys`
const enrolmentKey = (poolId: string, memberId: string): string => `spinup:{${poolId}}:enrolment:${memberId}`

/** The hash is compared inside Redis, so that a key is used up and exchanged in one step. */
const ENROL = `
if redis.call('HGET', KEYS[2], ARGV[2]) == ARGV[3] then return 1 end
if ARGV[4] == 'spa' then
  if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return 0 end
else
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('DEL', KEYS[1])
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1`

const KEY = /^(spa|spe)_([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9][A-Za-z0-9_.-]{0,63})\.([A-Za-z0-9_-]{32})$/

/** Member keys in `redis`. A key names its pool and member, so that one look under the pool's hash tag finds it. */
export function createIdentities(redis: Redis): Identities {
  return {
    ledger: createReportLedger(redis),

    async issue(poolId, memberId, random) {
      const key = makeKey('spa', poolId, memberId, random)
      if (random === undefined) await redis.hset(agentKeys(poolId), memberId, hashOf(key))
      else await redis.hsetnx(agentKeys(poolId), memberId, hashOf(key))
      return key
    },

    async verify(key) {
      const member = parseKey('spa', key)
      if (member === null) return null
      const kept = await redis.hget(agentKeys(member.poolId), member.memberId)
      return kept !== null && sameHash(kept, hashOf(key)) ? member : null
    },

    async revoke(poolId, memberId) {
      const results = await redis
        .multi()
        .hdel(agentKeys(poolId), memberId)
        .del(enrolmentKey(poolId, memberId), ...ledgerKeys(poolId, memberId))
        .exec()
      for (const [error] of results ?? []) if (error !== null) throw error
    },

    async createEnrolment({ poolId, memberId, ttlMs }) {
      const key = makeKey('spe', poolId, memberId)
      await redis.set(enrolmentKey(poolId, memberId), hashOf(key), 'PX', ttlMs)
      return key
    },

    async isOpen(enrolment) {
      const member = parseKey('spe', enrolment)
      if (member === null) return false
      const kept = await redis.get(enrolmentKey(member.poolId, member.memberId))
      return kept !== null && sameHash(kept, hashOf(enrolment))
    },

    memberOf: (enrolment) => parseKey('spe', enrolment),

    async enrol(presented, random) {
      const kind = presented.startsWith('spa_') ? 'spa' : 'spe'
      const member = parseKey(kind, presented)
      if (member === null) return null
      const { poolId, memberId } = member
      const key = makeKey('spa', poolId, memberId, random)
      const won = await redis.eval(
        ENROL,
        2,
        enrolmentKey(poolId, memberId),
        agentKeys(poolId),
        hashOf(presented),
        memberId,
        hashOf(key),
        kind,
      )
      return won === 1 ? { poolId, memberId, key } : null
    },
  }
}

function makeKey(
  kind: 'spa' | 'spe',
  poolId: string,
  memberId: string,
  random = randomBytes(24).toString('base64url'),
): string {
  const key = `${kind}_${poolId}.${memberId}.${random}`
  const read = parseKey(kind, key)
  if (read?.poolId === poolId && read.memberId === memberId) return key
  throw new SpinupError(
    'badInput',
    `no key can be made for member "${memberId}" of pool "${poolId}": ids are letters, digits, "_" and "-" (a member's may have "."), at most 64`,
  )
}

function parseKey(kind: 'spa' | 'spe', key: string): MemberRef | null {
  const match = key.length <= 200 ? KEY.exec(key) : null
  const [, found, poolId, memberId] = match ?? []
  return found === kind && poolId !== undefined && memberId !== undefined ? { poolId, memberId } : null
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
