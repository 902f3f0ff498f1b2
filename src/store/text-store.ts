import type { Redis } from 'ioredis'
import type { Texts } from '../core/model/report.ts'
import type { TagCounts } from '../core/visual/visual.ts'
import { guardAll } from './guard.ts'
import { keys } from './keys.ts'

/** How often each text was reported, by the hour for two days and by the day for five weeks. Numbers are kept elsewhere. */
export interface TextStore {
  /** Adds counts; `at` is epoch ms. Names past MOST_NAMES are not kept. */
  add(poolId: string, at: number, texts: Texts): Promise<void>
  /** Names that texts were reported under, the newest first. */
  names(poolId: string): Promise<readonly string[]>
  /** Counts over a range, whole hours or days of it, most frequent first, at most `most` texts and the rest in `other`. */
  counts(poolId: string, name: string, fromAt: number, toAt: number, most: number): Promise<TagCounts>
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A day's texts are the thousand most frequent ones at least: what is rarer when there are twice as many becomes `other`. */
const LEVELS = [
  { letter: 'h', stepMs: HOUR_MS, keptMs: 50 * HOUR_MS, kept: 300 },
  { letter: 'd', stepMs: DAY_MS, keptMs: 36 * DAY_MS, kept: 1000 },
] as const
const MOST_NAMES = 32
/** Longer ranges are read by the day. */
const BY_HOUR_MS = 48 * HOUR_MS

/**
 * KEYS: names, then each level's counts. ARGV: the name, epoch ms, how many names, how long one is kept, levels as `kept`
 * and seconds, then texts and counts. The text '' is the rest. 0: there are too many names.
 */
const ADD = `
local name, at = ARGV[1], tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at - tonumber(ARGV[4]))
if not redis.call('ZSCORE', KEYS[1], name) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], 'GT', at, name)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local texts = 5 + 2 * (#KEYS - 1)
for level = 2, #KEYS do
  local key, kept, seconds = KEYS[level], tonumber(ARGV[1 + 2 * level]), ARGV[2 + 2 * level]
  for index = texts, #ARGV, 2 do redis.call('ZINCRBY', key, ARGV[index + 1], ARGV[index]) end
  if redis.call('ZCARD', key) > 2 * kept then
    local rare = redis.call('ZPOPMIN', key, redis.call('ZCARD', key) - kept)
    local rest = 0
    for index = 2, #rare, 2 do rest = rest + tonumber(rare[index]) end
    redis.call('ZINCRBY', key, rest, '')
  end
  redis.call('EXPIRE', key, seconds)
end
return 1`

export function createTextStore(redis: Redis): TextStore {
  const stretch = (letter: string, stepMs: number, at: number): string => `${letter}${Math.floor(at / stepMs)}`
  return guardAll('save or read texts', {
    add: async (poolId, at, texts) => {
      await Promise.all(
        Object.entries(texts).map(([name, counts]) => {
          const places = LEVELS.map(({ letter, stepMs }) => keys.texts(poolId, name, stretch(letter, stepMs, at)))
          const levels = LEVELS.flatMap(({ kept, keptMs }) => [kept, Math.round(keptMs / 1000)])
          return redis.eval(
            ADD,
            1 + places.length,
            keys.textNames(poolId),
            ...places,
            name,
            at,
            MOST_NAMES,
            LEVELS[1].keptMs,
            ...levels,
            ...Object.entries(counts).flat(),
          )
        }),
      )
    },
    names: (poolId) => redis.zrevrange(keys.textNames(poolId), 0, -1),
    counts: async (poolId, name, fromAt, toAt, most) => {
      const { letter, stepMs } = toAt - fromAt <= BY_HOUR_MS ? LEVELS[0] : LEVELS[1]
      const places: string[] = []
      for (let at = Math.floor(fromAt / stepMs) * stepMs; at <= toAt; at += stepMs) {
        places.push(keys.texts(poolId, name, stretch(letter, stepMs, at)))
      }
      // The client's types have no list of keys here. Texts and counts by turns, or in pairs: so each protocol of Redis has it.
      const found = (await redis.call('ZUNION', places.length, ...places, 'WITHSCORES')) as readonly (
        | string
        | readonly string[]
      )[]
      const sum = found.flat().map(String)
      const all: { readonly text: string; readonly count: number }[] = []
      let other = 0
      for (let index = 0; index < sum.length; index += 2) {
        const [text = '', count] = [sum[index], Number(sum[index + 1])]
        if (text === '') other += count
        else all.push({ text, count })
      }
      all.sort((a, b) => b.count - a.count || a.text.localeCompare(b.text))
      const rest = all.slice(most).reduce((total, { count }) => total + count, 0)
      return { name, counts: all.slice(0, most), other: other + rest }
    },
  })
}
