import type { Redis } from 'ioredis'
import { createSeriesStore } from '../src/store/series/series-store.ts'
import type { SeriesEntry } from '../src/store/series/batch.ts'
import { HOUR, LEVELS, SECOND } from '../src/store/series/layout.ts'
import { startTestRedis } from '../test/redis.ts'
import { compare, line } from './measure.ts'

// A day of ten members that report six stats a second: what a value costs in memory, and how long the questions take
// that are asked every second, beside the same in sorted sets. `node bench/run.ts series [HOURS]` (24 unless given).
const HOURS = Number(process.argv[2] ?? 24)
const MEMBERS = Array.from({ length: 10 }, (_, index) => `web-${index + 1}`)
const STATS = ['cpu', 'memory', 'psi', 'rps', 'p95', 'queue']
const POOL = 'bench'
const START = Math.floor(1_790_000_000_000 / HOUR) * HOUR
const END = START + HOURS * HOUR

const noise = (spread: number): number => (Math.random() - 0.5) * spread

/** A load with a daily swing, a slow walk of its own and noise; the clock of each agent a little off. */
function sampleOf(member: number, at: number): SeriesEntry {
  const swing =
    0.45 + 0.3 * Math.sin((at / HOUR / 24) * 2 * Math.PI + member / 5) + 0.1 * Math.sin(at / 90_000 + member)
  const rps = Math.max(0, swing * 180 + noise(20))
  const stats = {
    cpu: Math.min(1, Math.max(0, swing + noise(0.08))),
    memory: 0.5 + member / 50 + ((at / 1000) % 3600) / 50_000 + noise(0.001),
    psi: Math.max(0, swing - 0.7 + noise(0.02)),
    rps: Math.round(rps),
    p95: 12 + 40 * swing ** 3 + noise(4),
    queue: Math.max(0, Math.round((swing - 0.6) * 40 + noise(3))),
  }
  const jitter = Math.floor(Math.random() * 6)
  return { poolId: POOL, sample: { memberId: MEMBERS[member] ?? '', at: at + jitter, stats }, periodMs: SECOND }
}

const server = await startTestRedis()
try {
  const redis = await server.connect({ name: 'bench' })
  let now = START
  const store = createSeriesStore(redis, { now: () => now })
  const startedAt = performance.now()
  for (now = START; now < END; now += 10 * SECOND) {
    await store.append(MEMBERS.flatMap((_, member) => range(10).map((s) => sampleOf(member, now + s * SECOND))))
  }
  const samples = HOURS * 3600 * MEMBERS.length
  const tookMs = performance.now() - startedAt
  line(
    `${samples} samples of ${STATS.length} stats appended`,
    `${(tookMs / 1000).toFixed(0)} s`,
    `${((tookMs / samples) * 1000).toFixed(0)} µs each`,
  )
  await memory(redis)
  await questions(redis, () => (now += SECOND))
} finally {
  await server.stop()
}

async function memory(redis: Redis): Promise<void> {
  const values = 3600 * STATS.length
  const sorted = await sortedSets(redis, 'zhour', START, 3600)
  line('\nmemory', 'bytes', 'bytes a value', 'of sorted sets')
  const show = (label: string, bytes: number, count: number): void =>
    line(
      label,
      String(Math.round(bytes)),
      (bytes / count).toFixed(2),
      `${((bytes / count / sorted) * 100).toFixed(1)} %`,
    )
  line('sorted sets, a member and hour', String(Math.round(sorted * values)), sorted.toFixed(2), '100 %')
  const hot = await usage(redis, '*:hot:*')
  show('hot, a member and hour', hot.bytes / hot.keys, values)
  const sealed = await usage(redis, '*:raw:*')
  if (sealed.keys > 0) show('sealed, a member and hour', sealed.bytes / sealed.keys, values)
  for (const level of LEVELS) {
    // Redis' clock stood still while this day went by, so what would have expired by its end is not counted.
    const span = level.stepMs * level.perBlock
    const mine = await usage(redis, `*:${level.name}:m:*`, (key) => livesAtEnd(key, span, level.keepMs))
    const hours = Math.min(HOURS, (level.keepMs + span) / HOUR)
    show(`roll-up ${level.name}, all members, last ${hours.toFixed(0)} h`, mine.bytes, hours * values * MEMBERS.length)
  }
  const all = await usage(redis, `spinup:*`, (key) =>
    LEVELS.every(
      (level) => !key.includes(`:${level.name}:`) || livesAtEnd(key, level.stepMs * level.perBlock, level.keepMs),
    ),
  )
  show(`everything after ${HOURS} h`, all.bytes, HOURS * values * MEMBERS.length)
}

async function questions(redis: Redis, tick: () => number): Promise<void> {
  const store = createSeriesStore(redis, { now: tick })
  const ids = MEMBERS
  for (const id of ids) await sortedSets(redis, `z:${id}`, END - 600 * SECOND, 600, ['cpu'])
  await sortedSets(redis, 'zday', START, HOURS * 3600, ['cpu'])
  let at = END
  const appended = await compare(300, {
    series: () => {
      at += SECOND
      return store.append(ids.map((_, member) => sampleOf(member, at)))
    },
    sorted: (round) => {
      const pipeline = redis.pipeline()
      for (const id of ids) {
        for (const stat of STATS) pipeline.zadd(`zlive:${id}:${stat}`, round, `${round}:${Math.random()}`)
      }
      return pipeline.exec()
    },
  })
  const from = END - 120 * SECOND
  const window = await compare(300, {
    series: () => store.window(POOL, ids, ['cpu'], from, END),
    sorted: async () => {
      const pipeline = redis.pipeline()
      for (const id of ids) pipeline.zrangebyscore(`z:${id}:cpu`, from, END)
      for (const [, entries] of (await pipeline.exec()) ?? []) parse(entries as string[])
    },
  })
  const day = await compare(50, {
    member: () => store.range(POOL, 'web-1', 'cpu', START, END, 300),
    pool: () => store.range(POOL, null, 'cpu', START, END, 300),
    sorted: async () => {
      const points = parse(await redis.zrangebyscore('zday:cpu', START, END))
      const buckets = Array.from({ length: 300 }, () => ({ sum: 0, count: 0 }))
      for (const point of points) {
        const bucket = buckets[Math.min(299, Math.floor(((point.at - START) / (END - START)) * 300))]!
        bucket.sum += point.value
        bucket.count += 1
      }
    },
  })
  line('\nmedian of a question', 'series', 'sorted sets', 'ratio')
  versus('append: 10 members, 6 stats', appended.series, appended.sorted)
  versus('window: 120 s of cpu of 10 members', window.series, window.sorted)
  versus(`range: ${HOURS} h of a member in 300 points`, day.member, day.sorted)
  versus(`range: ${HOURS} h of the pool in 300 points`, day.pool, day.sorted)
}

/** Fills one sorted set a stat with a member's samples, the usual layout; answers bytes a value. */
async function sortedSets(
  redis: Redis,
  key: string,
  from: number,
  count: number,
  stats: readonly string[] = STATS,
): Promise<number> {
  for (let start = 0; start < count; start += 1000) {
    const part = range(Math.min(1000, count - start)).map((s) => sampleOf(0, from + (start + s) * SECOND).sample)
    for (const stat of stats) {
      await redis.zadd(`${key}:${stat}`, ...part.flatMap(({ at, stats }) => [at, `${at}:${stats[stat]}`]))
    }
  }
  return (await usage(redis, `${key}:*`)).bytes / (count * stats.length)
}

/** Whether the block of a roll-up key, which ends in the block's number, is still kept at the end of the day. */
function livesAtEnd(key: string, spanMs: number, keepMs: number): boolean {
  return (Number(key.slice(key.lastIndexOf(':') + 1)) + 1) * spanMs + keepMs > END
}

async function usage(
  redis: Redis,
  pattern: string,
  counts: (key: string) => boolean = () => true,
): Promise<{ bytes: number; keys: number }> {
  const keys = (await redis.keys(pattern)).filter(counts)
  const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)))
  return { bytes: sizes.reduce<number>((sum, size) => sum + Number(size ?? 0), 0), keys: keys.length }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function parse(entries: readonly string[]): readonly { at: number; value: number }[] {
  return entries.map((entry) => {
    const gap = entry.indexOf(':')
    return { at: Number(entry.slice(0, gap)), value: Number(entry.slice(gap + 1)) }
  })
}

function versus(label: string, mine: number, other: number): void {
  line(label, `${mine.toFixed(3)} ms`, `${other.toFixed(3)} ms`, `${(other / mine).toFixed(1)} ×`)
}
