import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { AgentAbout, AgentRun } from '../core/model/agent-about.ts'
import { SpinupError } from '../core/model/error.ts'
import type { RefusedStat } from '../core/model/report.ts'
import { MAX_STATS } from '../core/model/sample.ts'
import { aboutAgent } from './agent-about.ts'
import { guard } from './guard.ts'

/** A report about to be stored: `count` samples numbered from `seq` within `boot`, carrying `stats`. */
export interface ReportClaim {
  readonly poolId: string
  readonly memberId: string
  readonly boot: string
  readonly seq: number
  readonly count: number
  /** The agent's; null: it reported none. */
  readonly version: string | null
  /** What its host is called, and where it is. */
  readonly host: string
  /** The bot's host and port as the agent knows it; absent: not known. */
  readonly via?: string
  /** How far its host's clock is ahead of Redis', ms. */
  readonly clockAheadMs: number
  /** What goes wrong there, in its own words. */
  readonly notes: readonly string[]
  readonly stats: readonly string[]
}

export type ClaimAnswer =
  /** Nobody else can store a report of this member until `commit` or `abandon`, or for CLAIM_MS. */
  | { readonly kind: 'claimed'; readonly token: string }
  /** Stored already, at least in part; go on from `nextSeq`. */
  | { readonly kind: 'behind'; readonly nextSeq: number }
  /** Another run of the agent came after this one and reports for the member now. */
  | { readonly kind: 'replaced'; readonly by: AgentRun }
  /** A report of this member is being stored this very moment. */
  | { readonly kind: 'busy' }
  /** With its stats the member would have more than MAX_STATS; `allowed` are those it has. */
  | { readonly kind: 'tooManyStats'; readonly allowed: readonly string[] }

/**
 * Which reports have been stored, exactly: a report is claimed, then stored, then committed. When storing fails (or the
 * bot dies) nothing has moved and the agent's retry is taken; two bots never store the same report side by side.
 *
 * One run of an agent reports for a member: the newest. An earlier one is refused for as long as the newest reports, so
 * that two hosts with one key are never taken for one.
 */
export interface ReportLedger {
  claim(report: ReportClaim): Promise<ClaimAnswer>
  /** Counts the report as stored; false when the claim had run out, so that it has to be sent again. */
  commit(report: ReportClaim, token: string): Promise<boolean>
  abandon(report: ReportClaim, token: string): Promise<void>
  /** Notes what was left out of a report. */
  noteRefused(poolId: string, memberId: string, refused: readonly RefusedStat[]): Promise<void>
  /** What is known of each member's agent; a member that never reported is missing. */
  about(poolId: string, memberIds: readonly string[]): Promise<ReadonlyMap<string, AgentAbout>>
}

/** How long a claim outlives the bot that made it; longer than storing may take. */
const CLAIM_MS = 6_000
/**
 * A run that has not reported for so long has given up its place: one that it replaced may have it back, if that was
 * refused in the second half of this time. Else reports may have been missed.
 */
const PLACE_KEPT_MS = 60_000
/** What an ending run sent last may arrive a moment after its successor's first report: no sign of a second host. */
const FAREWELL_MS = 2_000

/** Every key the ledger keeps about a member. */
export function ledgerKeys(poolId: string, memberId: string): readonly [state: string, claim: string, stats: string] {
  const prefix = `spinup:{${poolId}}:reports:${memberId}`
  return [prefix, `${prefix}:claim`, `${prefix}:stats`]
}

/** Redis' own clock, which all bots share, in ms. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/**
 * `past`: the last runs that were replaced, each within spaces; `rival`: the one that was refused last. A time ahead is from
 * before the clock was set back.
 */
const CLAIM = `
local state = redis.call('HMGET', KEYS[1], 'boot', 'next', 'heardAt', 'past', 'takenAt', 'host', 'rival', 'rivalAt')
if state[1] == ARGV[1] then
  if tonumber(ARGV[2]) < tonumber(state[2]) then return {'behind', state[2]} end
elseif state[1] and (state[7] == ARGV[1] or string.find(state[4] or '', ' ' .. ARGV[1] .. ' ', 1, true)) then
  ${NOW}
  local heard, kept = tonumber(state[3] or 0), tonumber(ARGV[7])
  local waited = state[7] == ARGV[1] and tonumber(state[8]) - heard >= kept / 2
  if math.abs(now - heard) < kept or not waited then
    if math.abs(now - tonumber(state[5] or 0)) >= tonumber(ARGV[8]) then
      redis.call('HSET', KEYS[1], 'rival', ARGV[1], 'rivalHost', ARGV[3], 'rivalAt', now)
    end
    return {'replaced', state[1], state[6] or ''}
  end
end
if redis.call('EXISTS', KEYS[2]) == 1 then return {'busy'} end
local fresh = 0
for i = 9, #ARGV do
  if redis.call('SISMEMBER', KEYS[3], ARGV[i]) == 0 then fresh = fresh + 1 end
end
if fresh > 0 and redis.call('SCARD', KEYS[3]) + fresh > tonumber(ARGV[6]) then
  return {'tooManyStats', redis.call('SMEMBERS', KEYS[3])}
end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5])
return {'claimed'}`

const MOST_PAST = 16
const COMMIT = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
${NOW}
local state = redis.call('HMGET', KEYS[1], 'boot', 'past')
if state[1] ~= ARGV[2] then
  local past = {}
  for boot in string.gmatch(state[2] or '', '%S+') do
    if boot ~= ARGV[2] then past[#past + 1] = boot end
  end
  if state[1] then past[#past + 1] = state[1] end
  local first = math.max(1, #past - ${MOST_PAST - 1})
  redis.call('HSET', KEYS[1], 'takenAt', now, 'past', ' ' .. table.concat(past, ' ', first) .. ' ')
end
redis.call('HSET', KEYS[1], 'boot', ARGV[2], 'next', ARGV[3], 'heardAt', now, 'version', ARGV[4], 'host', ARGV[5],
  'clockAheadMs', ARGV[6], 'notes', ARGV[7], 'via', ARGV[8])
if #ARGV > 8 then redis.call('SADD', KEYS[3], unpack(ARGV, 9)) end
return 1`

const ABANDON = `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`

const NOTE_REFUSED = `${NOW}
redis.call('HSET', KEYS[1], 'refused', ARGV[1], 'refusedAt', now)
return 1`

/** The ledger in `redis`; rejects with ioredis' own errors when it is away. */
export function createReportLedger(redis: Redis): ReportLedger {
  return {
    async claim(report) {
      const token = randomUUID()
      const { boot, seq, host, stats } = report
      const answer = await redis.eval(
        CLAIM,
        3,
        ...ledgerKeys(report.poolId, report.memberId),
        boot,
        seq,
        host,
        token,
        CLAIM_MS,
        MAX_STATS,
        PLACE_KEPT_MS,
        FAREWELL_MS,
        ...stats,
      )
      const [kind, detail, more]: readonly unknown[] = Array.isArray(answer) ? answer : []
      switch (kind) {
        case 'claimed':
          return { kind, token }
        case 'behind':
          return { kind, nextSeq: Number(detail) }
        case 'replaced':
          return { kind, by: { boot: String(detail), host: String(more) } }
        case 'busy':
          return { kind }
        case 'tooManyStats':
          return { kind, allowed: Array.isArray(detail) ? detail.map(String) : [] }
        default:
          throw new SpinupError('storeFailed', `the report ledger answered ${JSON.stringify(answer)}; update Spinup`)
      }
    },

    async commit(report, token) {
      const { boot, seq, count, version, host, via = '', clockAheadMs, notes, stats } = report
      const about = [version ?? '', host, clockAheadMs, notes.length === 0 ? '' : JSON.stringify(notes), via]
      const keys = ledgerKeys(report.poolId, report.memberId)
      return (await redis.eval(COMMIT, 3, ...keys, token, boot, seq + count, ...about, ...stats)) === 1
    },

    async abandon(report, token) {
      await redis.eval(ABANDON, 3, ...ledgerKeys(report.poolId, report.memberId), token)
    },

    async noteRefused(poolId, memberId, refused) {
      await redis.eval(NOTE_REFUSED, 1, ledgerKeys(poolId, memberId)[0], JSON.stringify(refused))
    },

    about: guard('read what agents reported', async (poolId, memberIds) => {
      const batch = redis.pipeline().time()
      for (const id of memberIds) batch.hgetall(ledgerKeys(poolId, id)[0])
      const [time, ...found] = (await batch.exec()) ?? []
      const [seconds, micros] = answer(time) as readonly [string, string]
      const now = Number(seconds) * 1000 + Number(micros) / 1000
      const known = memberIds.map((id, index) => {
        return [id, aboutAgent(answer(found[index]) as Record<string, string>, now)] as const
      })
      return new Map(known.flatMap(([id, about]) => (about === null ? [] : [[id, about] as const])))
    }),
  }
}

/** What one command of a batch gave; throws what it threw. */
function answer(result: readonly [error: Error | null, reply: unknown] | undefined): unknown {
  if (result === undefined) throw new Error('no answer')
  if (result[0] !== null) throw result[0]
  return result[1]
}
