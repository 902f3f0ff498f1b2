import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { HOT_HEADER, HOUR, RAW_KEEP_MS } from './layout.ts'

/** A Lua script, known to the server by its digest after the first use. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/**
 * Runs a script on keys that share the hash tag of `key` and answers raw reply values, strings as Buffers. The text is
 * only sent where the server does not know it (a fresh start, SCRIPT FLUSH). Rejects with ioredis' errors.
 */
export async function run(
  redis: Redis,
  { lua, sha }: Script,
  key: string,
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  try {
    return await redis.callBuffer('EVALSHA', sha, 1, key, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return redis.callBuffer('EVAL', lua, 1, key, ...args)
  }
}

/**
 * Reads raw samples: KEYS[1] the pool's prefix, ARGV[1] and [2] the first and last instant, then member ids. Answers
 * per member its stat names and then, per hour that has any, the hour, the number of columns and the rows of a hot
 * block that lie between the instants; or the hour, 0 and the whole sealed chunk.
 */
export function readScript(): Script {
  return script(`
local P, from, to = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local HOUR = ${HOUR}
-- The first row at or after 'off'.
local function bound(key, w, count, off)
  local low, high = 0, count
  while low < high do
    local mid = math.floor((low + high) / 2)
    local start = ${HOT_HEADER} + mid * w
    if struct.unpack('<I4', redis.call('GETRANGE', key, start, start + 3)) < off then low = mid + 1 else high = mid end
  end
  return low
end
local answer = {}
for i = 3, #ARGV do
  local id = ARGV[i]
  local one = {redis.call('GET', P .. 'cols:m:' .. id) or ''}
  for hour = math.floor(from / HOUR), math.floor(to / HOUR) do
    local key = P .. 'hot:' .. id .. ':' .. hour
    local head = redis.call('GETRANGE', key, 0, ${HOT_HEADER - 1})
    if head ~= '' then
      local n, count, last = struct.unpack('<I2xxI4I4', head)
      local w = 4 + 4 * n
      local first = from <= hour * HOUR and 0 or bound(key, w, count, from - hour * HOUR)
      local after = to >= hour * HOUR + last and count or bound(key, w, count, to - hour * HOUR + 1)
      if after > first then
        one[#one + 1] = hour
        one[#one + 1] = n
        one[#one + 1] = redis.call('GETRANGE', key, ${HOT_HEADER} + first * w, ${HOT_HEADER} + after * w - 1)
      end
    else
      local sealed = redis.call('GET', P .. 'raw:' .. id .. ':' .. hour)
      if sealed then
        one[#one + 1] = hour
        one[#one + 1] = 0
        one[#one + 1] = sealed
      end
    end
  end
  answer[#answer + 1] = one
end
return answer
`)
}

/**
 * Puts a sealed hour in the hot one's place: KEYS[1] the pool's prefix, ARGV id, hour, the hot header it was made from
 * (a sample that came meanwhile shows there), chunk, now. Answers 1 when it did.
 */
export function sealScript(): Script {
  return script(`
local P, id, hour, now = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[5])
local hot = P .. 'hot:' .. id .. ':' .. hour
local head = redis.call('GETRANGE', hot, 0, ${HOT_HEADER - 1})
if head ~= ARGV[3] then return 0 end
if head ~= '' then
  local ttl = (tonumber(hour) + 1) * ${HOUR} + ${RAW_KEEP_MS} - now
  if ttl > 0 then redis.call('SET', P .. 'raw:' .. id .. ':' .. hour, ARGV[4], 'PX', ttl) end
  redis.call('UNLINK', hot)
end
redis.call('ZREM', P .. 'open', id .. ' ' .. hour)
return 1
`)
}
