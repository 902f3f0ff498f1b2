import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { SpinupError } from '../core/model/error.ts'
import { MAX_STATS } from '../core/model/sample.ts'

/** A report about to be stored: `count` samples numbered from `seq` within `boot`, carrying `stats`. */
export interface ReportClaim {
  readonly poolId: string
  readonly memberId: string
  readonly boot: string
  readonly seq: number
  readonly count: number
  /** The agent's clock, epoch ms. */
  readonly sentAt: number
  /** The agent's; null: it told none. */
  readonly version: string | null
  readonly stats: readonly string[]
}

export type ClaimAnswer =
  /** Nobody else can store a report of this member until `commit` or `abandon`, or for CLAIM_MS. */
  | { readonly kind: 'claimed'; readonly token: string }
  /** Stored already, at least in part; go on from `nextSeq`. */
  | { readonly kind: 'behind'; readonly nextSeq: number }
  /** Another run of the agent has reported later than this was sent. */
  | { readonly kind: 'replay' }
  /** A report of this member is being stored this very moment. */
  | { readonly kind: 'busy' }
  /** With its stats the member would have more than MAX_STATS; `allowed` are those it has. */
  | { readonly kind: 'tooManyStats'; readonly allowed: readonly string[] }

/**
 * Which reports have been stored, exactly: a report is claimed, then stored, then committed. When storing fails (or the
 * bot dies) nothing has moved and the agent's retry is taken; two bots never store the same report side by side.
 */
export interface ReportLedger {
  claim(report: ReportClaim): Promise<ClaimAnswer>
  /** Counts the report as stored; false when the claim had run out, so that it has to be sent again. */
  commit(report: ReportClaim, token: string): Promise<boolean>
  abandon(report: ReportClaim, token: string): Promise<void>
  /** The version that each member's agent told last; null: none, or it never reported. */
  versions(poolId: string, memberIds: readonly string[]): Promise<ReadonlyMap<string, string | null>>
}

/** How long a claim outlives the bot that made it; longer than storing may take. */
export const CLAIM_MS = 6_000

/** Every key the ledger keeps about a member. */
export function ledgerKeys(poolId: string, memberId: string): readonly [state: string, claim: string, stats: string] {
  const prefix = `spinup:{${poolId}}:reports:${memberId}`
  return [prefix, `${prefix}:claim`, `${prefix}:stats`]
}

const CLAIM = `
local state = redis.call('HMGET', KEYS[1], 'boot', 'next', 'sentAt')
if state[1] == ARGV[1] then
  if tonumber(ARGV[2]) < tonumber(state[2]) then return {'behind', state[2]} end
elseif state[1] and tonumber(ARGV[3]) <= tonumber(state[3]) then
  return {'replay'}
end
if redis.call('EXISTS', KEYS[2]) == 1 then return {'busy'} end
local fresh = 0
for i = 7, #ARGV do
  if redis.call('SISMEMBER', KEYS[3], ARGV[i]) == 0 then fresh = fresh + 1 end
end
if fresh > 0 and redis.call('SCARD', KEYS[3]) + fresh > tonumber(ARGV[6]) then
  return {'tooManyStats', redis.call('SMEMBERS', KEYS[3])}
end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5])
return {'claimed'}`

const COMMIT = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[1], 'boot', ARGV[2], 'next', ARGV[3], 'sentAt', ARGV[4], 'version', ARGV[5])
if #ARGV > 5 then redis.call('SADD', KEYS[3], unpack(ARGV, 6)) end
return 1`

const ABANDON = `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`

/** The ledger in `redis`; rejects with ioredis' own errors when it is away. */
export function createReportLedger(redis: Redis): ReportLedger {
  return {
    async claim(report) {
      const token = randomUUID()
      const { boot, seq, sentAt, stats } = report
      const answer = await redis.eval(
        CLAIM,
        3,
        ...ledgerKeys(report.poolId, report.memberId),
        boot,
        seq,
        sentAt,
        token,
        CLAIM_MS,
        MAX_STATS,
        ...stats,
      )
      const [kind, detail]: readonly unknown[] = Array.isArray(answer) ? answer : []
      switch (kind) {
        case 'claimed':
          return { kind, token }
        case 'behind':
          return { kind, nextSeq: Number(detail) }
        case 'replay':
        case 'busy':
          return { kind }
        case 'tooManyStats':
          return { kind, allowed: Array.isArray(detail) ? detail.map(String) : [] }
        default:
          throw new SpinupError('storeFailed', `the report ledger answered ${JSON.stringify(answer)}; update Spinup`)
      }
    },

    async commit(report, token) {
      const { boot, seq, count, sentAt, version, stats } = report
      const keys = ledgerKeys(report.poolId, report.memberId)
      return (await redis.eval(COMMIT, 3, ...keys, token, boot, seq + count, sentAt, version ?? '', ...stats)) === 1
    },

    async abandon(report, token) {
      await redis.eval(ABANDON, 3, ...ledgerKeys(report.poolId, report.memberId), token)
    },

    async versions(poolId, memberIds) {
      const told = await Promise.all(memberIds.map((id) => redis.hget(ledgerKeys(poolId, id)[0], 'version')))
      return new Map(memberIds.map((id, index) => [id, told[index] || null]))
    },
  }
}
