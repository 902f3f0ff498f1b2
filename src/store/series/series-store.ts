import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { figuresOf, type Figures } from '../../core/model/figures.ts'
import type { Stretch } from '../../core/model/history.ts'
import type { Stats } from '../../core/model/sample.ts'
import { guard } from '../guard.ts'
import { appendScript } from './append-script.ts'
import { groupBatch, type SeriesEntry } from './batch.ts'
import {
  AHEAD_MS,
  blocksBetween,
  DAY,
  HOUR,
  keysOfMember,
  LEVELS,
  prefixOf,
  RAW_KEEP_MS,
  SECOND,
  subjectOf,
  type Level,
} from './layout.ts'
import { namesIn, pointsOf, sealBlock, type Points } from './raw.ts'
import { readScript, run, sealScript } from './read-script.ts'
import { bucketsOf, gather, parts, plain, single, type Piece, type RangePoints, type SteppedPoints } from './rollup.ts'

/** A member's newest sample as it was reported. */
export interface Latest {
  readonly at: number
  readonly periodMs: number
  readonly stats: Stats
}

/** Stats over time. Every call throws `storeFailed` (retryable) when Redis does not answer. */
export interface SeriesStore {
  /** Stores samples; one of a member and instant that is there already changes nothing. Dropped: those later than 30 min after their hour, or a day ahead. */
  append(batch: readonly SeriesEntry[]): Promise<void>
  /** Each member's newest sample of the last two days. */
  latest(poolId: string, memberIds: readonly string[]): Promise<Record<string, Latest | null>>
  /** The points as reported (to float32's 7 digits; sealed ones to 0.025 %) within `[fromAt, toAt]`, oldest first; kept 48 h. */
  window(
    poolId: string,
    memberIds: readonly string[],
    stats: readonly string[],
    fromAt: number,
    toAt: number,
  ): Promise<Record<string, Record<string, { at: number; value: number }[]>>>
  /**
   * At most `maxPoints` (2 or more) means of one member, or (`null`) of the mean over all members that reported then,
   * those since deleted included; up to 40 days back. Empty when there is nothing at all.
   */
  range(
    poolId: string,
    memberId: string | null,
    stat: string,
    fromAt: number,
    toAt: number,
    maxPoints: number,
  ): Promise<RangePoints>
  /** The same of several stats, in their order, from one reading. */
  ranges(
    poolId: string,
    memberId: string | null,
    stats: readonly string[],
    fromAt: number,
    toAt: number,
    maxPoints: number,
  ): Promise<readonly SteppedPoints[]>
  /**
   * A stat's numbers over `[fromAt, toAt]`, of one member or (`null`) of all together, those since deleted included: of
   * the samples themselves for a member's last hour, else of the finest roll-ups there are that begin in the range. null:
   * there is nothing.
   */
  figures(poolId: string, memberId: string | null, stat: string, fromAt: number, toAt: number): Promise<Figures | null>
  /**
   * How much of a stat the members showed together, and how many of them, in the finest roll-up there still is: 5 s, a
   * minute or 15 minutes; only what is over by `toAt`, oldest first, without the stretches in which nobody reported.
   */
  together(poolId: string, stat: string, fromAt: number, toAt: number): Promise<readonly Stretch[]>
  /** What a member, or any member, has reported, in order of first appearance. */
  statNames(poolId: string, memberId?: string): Promise<readonly string[]>
  /** Drops a member's own series now; the pool's means keep its part. */
  forget(poolId: string, memberId: string): Promise<void>
}

export interface SeriesStoreOptions {
  readonly log?: Logger
  /** The clock that decides what is sealed and how long it lives; Date.now unless given. */
  readonly now?: () => number
}

/** Samples in one script call: about 5 ms of Redis' time with six stats. */
const MOST_PER_CALL = 100
/** A sample dated further ahead comes of a broken clock; it would be the newest for as long. */
const MAX_AHEAD_MS = DAY
/** Up to this span a member's chart may be made of raw samples. */
const RAW_SPAN_MS = HOUR

/** The series of all pools in `redis`; see layout.ts for how they lie there. */
export function createSeriesStore(redis: Redis, options: SeriesStoreOptions = {}): SeriesStore {
  const now = options.now ?? Date.now
  const scripts = { append: appendScript(), read: readScript(), seal: sealScript() }

  const seal = async (poolId: string, due: string): Promise<void> => {
    const gap = due.lastIndexOf(' ')
    const [id, hour] = [due.slice(0, gap), due.slice(gap + 1)]
    const block = await redis.getBuffer(`${prefixOf(poolId)}hot:${id}:${hour}`)
    const head = block?.subarray(0, 12) ?? Buffer.alloc(0)
    const chunk = block === null ? Buffer.alloc(0) : sealBlock(block)
    const sealed = await run(redis, scripts.seal, prefixOf(poolId), [id, hour, head, chunk, now()])
    options.log?.debug({ poolId, member: id, sealed, from: block?.length, to: chunk.length }, 'sealed an hour')
  }

  const readRaw = async (poolId: string, ids: readonly string[], fromAt: number, toAt: number): Promise<unknown[]> => {
    const answer = await run(redis, scripts.read, prefixOf(poolId), [Math.ceil(fromAt), Math.floor(toAt), ...ids])
    return Array.isArray(answer) ? answer : []
  }

  const rolled = async (
    poolId: string,
    memberId: string | null,
    stats: readonly string[],
    level: Level,
    range: { readonly fromAt: number; readonly toAt: number },
  ): Promise<readonly (readonly Piece[])[]> => {
    const [prefix, subject] = [prefixOf(poolId), subjectOf(memberId)]
    const blocks = blocksBetween(level, range.fromAt, range.toAt)
    const keys = blocks.map((block) => `${prefix}${level.name}:${subject}:${block}`)
    const [cols, ...found] = await redis.mgetBuffer(`${prefix}cols:${subject}`, ...keys)
    const names = namesIn(cols?.toString() ?? '')
    return stats.map((stat) => {
      const column = names.indexOf(stat)
      return column < 0 ? [] : found.flatMap((bytes, index) => bucketsOf(bytes, level, blocks[index] ?? 0, column))
    })
  }

  const samples = async (
    poolId: string,
    memberId: string,
    stats: readonly string[],
    range: { readonly fromAt: number; readonly toAt: number },
  ): Promise<readonly Points[]> => {
    const [answer] = await readRaw(poolId, [memberId], range.fromAt, range.toAt)
    const found = pointsOf(answer, stats, range.fromAt, range.toAt)
    return stats.map((stat) => found[stat] ?? { at: [], value: [] })
  }

  const hasSamples = (fromAt: number, toAt: number): boolean =>
    toAt - fromAt <= RAW_SPAN_MS && fromAt >= now() - RAW_KEEP_MS

  const ranges: SeriesStore['ranges'] = async (poolId, memberId, stats, fromAt, toAt, maxPoints) => {
    const span = Math.max(toAt - fromAt, 1)
    const kept = (keepMs: number): boolean => fromAt >= now() - keepMs
    const level =
      LEVELS.findLast((each) => kept(each.keepMs) && each.stepMs <= span / maxPoints) ??
      LEVELS.find((each) => kept(each.keepMs)) ??
      LEVELS[LEVELS.length - 1]
    if (level === undefined) throw new Error('there is a level')
    const tooCoarse = level.stepMs > span / maxPoints
    if (memberId !== null && tooCoarse && hasSamples(fromAt, toAt)) {
      const found = await samples(poolId, memberId, stats, { fromAt, toAt })
      return found.map((points) => {
        const exact = plain(points)
        if (exact.at.length <= maxPoints) return { ...exact, stepMs: 0 }
        return gather(single(points), { fromAt, toAt, stepMs: SECOND, maxPoints })
      })
    }
    const found = await rolled(poolId, memberId, stats, level, { fromAt, toAt })
    return found.map((pieces) => gather(pieces, { fromAt, toAt, stepMs: level.stepMs, maxPoints }))
  }

  return {
    append: guard('store samples', async (batch) => {
      const horizon = now() + MAX_AHEAD_MS
      const sane = batch.filter(({ sample }) => sample.at <= horizon)
      if (sane.length < batch.length)
        options.log?.warn({ count: batch.length - sane.length }, 'dropped samples dated in the future')
      for (const { poolId, groups } of groupBatch(sane, MOST_PER_CALL)) {
        const answer = await run(redis, scripts.append, prefixOf(poolId), [now(), JSON.stringify(groups)])
        const [late, due]: readonly unknown[] = Array.isArray(answer) ? answer : []
        if (Number(late) > 0)
          options.log?.info({ poolId, late }, 'dropped samples that came after their hour was sealed')
        for (const entry of Array.isArray(due) ? due : []) {
          // The samples are stored; what cannot be sealed now is due again at the next append.
          await seal(poolId, String(entry)).catch((error: unknown) =>
            options.log?.warn({ err: error, poolId }, 'could not seal an hour; trying again later'),
          )
        }
      }
    }),

    latest: guard('read the newest samples', async (poolId, memberIds) => {
      if (memberIds.length === 0) return {}
      const found = await redis.mgetBuffer(...memberIds.map((id) => `${prefixOf(poolId)}latest:${id}`))
      return Object.fromEntries(
        memberIds.map((id, index) => {
          const newest = found[index] ? latestIn(found[index]) : null
          // What lies ahead was taken by a clock that has been set back since, and says nothing of now.
          return [id, newest !== null && newest.at <= now() + AHEAD_MS ? newest : null]
        }),
      )
    }),

    window: guard('read samples', async (poolId, memberIds, stats, fromAt, toAt) => {
      if (memberIds.length === 0 || toAt < fromAt) return {}
      const answers = await readRaw(poolId, memberIds, fromAt, toAt)
      return Object.fromEntries(
        memberIds.map((id, index) => {
          const points = pointsOf(answers[index], stats, fromAt, toAt)
          const rows = stats.map((stat) => {
            const { at = [], value = [] } = points[stat] ?? {}
            return [stat, at.map((instant, row) => ({ at: instant, value: value[row] ?? Number.NaN }))]
          })
          return [id, Object.fromEntries(rows)]
        }),
      )
    }),

    range: guard('read a chart’s points', async (poolId, memberId, stat, fromAt, toAt, maxPoints) => {
      const [found] = await ranges(poolId, memberId, [stat], fromAt, toAt, maxPoints)
      const { at, value, min, max } = found ?? plain({ at: [], value: [] })
      return { at, value, min, max }
    }),

    ranges: guard('read charts’ points', ranges),

    figures: guard('read a stat’s figures', async (poolId, memberId, stat, fromAt, toAt) => {
      if (memberId !== null && hasSamples(fromAt, toAt)) {
        const [own] = await samples(poolId, memberId, [stat], { fromAt, toAt })
        return figuresOf(single(own ?? { at: [], value: [] }), 'samples')
      }
      const found = await Promise.all(
        parts(fromAt, toAt, now()).map(async ({ level, ...part }) => {
          const [pieces = []] = await rolled(poolId, memberId, [stat], level, part)
          return pieces.filter((piece) => piece.fromAt >= part.fromAt && piece.fromAt < part.toAt)
        }),
      )
      const pieces = found.flat()
      // What began before the range tells of more than the range, and is taken only where there is nothing else.
      const within = pieces.filter((piece) => piece.fromAt >= fromAt)
      return figuresOf(within.length > 0 ? within : pieces, 'rolled')
    }),

    together: guard('read what the members did', async (poolId, stat, fromAt, toAt) => {
      const found = await Promise.all(
        parts(fromAt, toAt, now()).map(async ({ level, ...part }) => {
          const [pieces = []] = await rolled(poolId, null, [stat], level, part)
          return pieces.filter((piece) => piece.fromAt >= part.fromAt && piece.toAt <= part.toAt)
        }),
      )
      return found.flat().map((piece) => ({
        fromAt: piece.fromAt,
        toAt: piece.toAt,
        mean: piece.mean,
        members: (piece.weight * SECOND) / (piece.toAt - piece.fromAt),
      }))
    }),

    statNames: guard('read the stats’ names', async (poolId, memberId) =>
      namesIn((await redis.get(`${prefixOf(poolId)}cols:${subjectOf(memberId ?? null)}`)) ?? ''),
    ),

    forget: guard('forget a member', async (poolId, memberId) => {
      await redis.unlink(...keysOfMember(poolId, memberId, now()))
    }),
  }
}

function latestIn(bytes: Buffer): Latest {
  // Written by append, so it needs no second validation.
  return JSON.parse(bytes.toString('utf8', 8)) as Latest
}
