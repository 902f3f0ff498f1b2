import type { Redis } from 'ioredis'
import { guard, storeFailed } from './guard.ts'

/** At most `limit` in any `ms`. */
export interface RateWindow {
  readonly limit: number
  readonly ms: number
}

export interface SharedRateLimit {
  /** 0: one may go now, and is counted. Otherwise how long to wait before asking again, ms; nothing is counted. */
  take(): Promise<number>
  /** Nobody may go for `ms`. */
  hold(ms: number): Promise<void>
  /** How many may go now, in each window. */
  left(): Promise<readonly number[]>
}

/** A window is counted in so many slots; what is in the oldest one counts until all of it has passed. */
const SLOTS = 60

/**
 * One hash holds the counts, `window:slot` → how many, and `held`. A window's slots that have passed are deleted as
 * they are met, so the hash stays below 130 fields. Time is Redis's, so that bots need not agree on it.
 */
const TAKE = `
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local all = redis.call('HGETALL', KEYS[1])
local wait, used, passed = 0, {}, {}
for i = 1, #all, 2 do
  if all[i] == 'held' then
    wait = math.max(wait, tonumber(all[i + 1]) - now)
  else
    local window, slot = string.match(all[i], '^(%d+):(%d+)$')
    window, slot = tonumber(window), tonumber(slot)
    local limit, ms = tonumber(ARGV[2 * window]), tonumber(ARGV[2 * window + 1])
    local width = ms / ${SLOTS}
    if limit == nil or (slot + 1) * width + ms <= now then
      table.insert(passed, all[i])
    else
      used[window] = used[window] or {}
      table.insert(used[window], { slot = slot, count = tonumber(all[i + 1]), free = (slot + 1) * width + ms })
    end
  end
end
if #passed > 0 then redis.call('HDEL', KEYS[1], unpack(passed)) end
local longest = 0
for window = 1, (#ARGV - 1) / 2 do
  local limit, ms = tonumber(ARGV[2 * window]), tonumber(ARGV[2 * window + 1])
  longest = math.max(longest, ms)
  local slots, total = used[window] or {}, 0
  for _, one in ipairs(slots) do total = total + one.count end
  table.sort(slots, function(a, b) return a.slot < b.slot end)
  for _, one in ipairs(slots) do
    if total < limit then break end
    total = total - one.count
    wait = math.max(wait, one.free - now)
  end
end
if wait > 0 then return math.ceil(wait) end
for window = 1, (#ARGV - 1) / 2 do
  local slot = math.floor(now / (tonumber(ARGV[2 * window + 1]) / ${SLOTS}))
  redis.call('HINCRBY', KEYS[1], string.format('%d:%.0f', window, slot), 1)
end
redis.call('PEXPIRE', KEYS[1], math.ceil(longest * 2))
return 0`

/** Never makes a hold shorter: the longest one asked for counts. */
const HOLD = `
local now = tonumber(ARGV[1])
if now < 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
local ms = tonumber(ARGV[2])
local held = tonumber(redis.call('HGET', KEYS[1], 'held') or '0')
redis.call('HSET', KEYS[1], 'held', string.format('%.0f', math.max(held, now + ms)))
if redis.call('PTTL', KEYS[1]) < ms then redis.call('PEXPIRE', KEYS[1], math.ceil(ms)) end
return 0`

/**
 * A rate limit that everyone who names `key` shares, in one command a request. Sliding and strict: no stretch as long as
 * a window ever sees more than its limit; room comes back up to a sixtieth of a window late. Throws `storeFailed`.
 */
export function createSharedRateLimit(
  redis: Redis,
  options: {
    readonly key: string
    readonly windows: readonly RateWindow[]
    /** Epoch ms in place of Redis's clock. */
    readonly now?: () => number
  },
): SharedRateLimit {
  const windows = options.windows.flatMap(({ limit, ms }) => [limit, ms])
  const now = (): number => options.now?.() ?? -1

  async function run(script: string, args: readonly number[]): Promise<number> {
    try {
      return Number(await redis.eval(script, 1, options.key, ...args))
    } catch (cause) {
      const otherwise = 'Redis does not answer, so requests wait. Check that it runs.'
      throw storeFailed('Redis could not count requests, so they wait', cause, otherwise)
    }
  }

  return {
    take: () => run(TAKE, [now(), ...windows]),
    async hold(ms) {
      await run(HOLD, [now(), Math.ceil(ms)])
    },
    left: guard('count requests', async () => {
      const all = await redis.hgetall(options.key)
      const at = options.now?.() ?? Number((await redis.time())[0]) * 1000
      return options.windows.map(({ limit, ms }, index) => {
        const width = ms / SLOTS
        const used = Object.entries(all).filter(([name]) => {
          const [window, slot] = name.split(':')
          return Number(window) === index + 1 && (Number(slot) + 1) * width + ms > at
        })
        return Math.max(0, limit - used.reduce((sum, [, count]) => sum + Number(count), 0))
      })
    }),
  }
}
