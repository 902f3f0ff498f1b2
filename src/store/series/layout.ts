import { CLOCK_TOLERANCE_MS } from '../../core/model/report.ts'

/**
 * How a pool's series lie in Redis. Every key starts with `spinup:{POOL}:series:` and carries a time to live, so what
 * nobody reports any more vanishes by itself. A *subject* is a member (`m:ID`) or the whole pool (`pool`).
 *
 * - `cols:SUBJECT`: the subject's stat names, one a line; a name's line number is its column forever.
 * - `latest:ID`: the newest sample, in full precision: its `at` as a double, then JSON.
 * - `hot:ID:HOUR`: raw samples of one UTC hour: header, then rows of a uint32 (ms into the hour) and a float32 per
 *   column (NaN: not reported), sorted by time. Allocated once for the samples that are to be expected.
 * - `raw:ID:HOUR`: the same hour sealed (see chunk.ts) once it is over and late samples have had their time.
 * - `open`: sorted set of the hot hours by the instant they are to be sealed.
 * - `LEVEL:SUBJECT:BLOCK`: roll-ups: header, then per bucket and column four float32: the sum of value × seconds, the
 *   seconds, min and max. The pool's are summed over its members, so its mean is the load of a member-second, and what
 *   members since deleted did stays in it.
 */
export interface Level {
  readonly name: string
  readonly stepMs: number
  /** Buckets in one key. */
  readonly perBlock: number
  /** How long data of this level is kept at least. */
  readonly keepMs: number
}

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Finest first. A level is read where a chart's points are at least as wide as its step. */
export const LEVELS: readonly Level[] = [
  { name: 's5', stepMs: 5 * SECOND, perBlock: 240, keepMs: 3 * HOUR },
  { name: 'm1', stepMs: MINUTE, perBlock: 120, keepMs: 3 * DAY },
  { name: 'm15', stepMs: 15 * MINUTE, perBlock: 48, keepMs: 40 * DAY },
]

/** No sample of now is dated further ahead than this: what agents' clocks are off beyond the tolerance is put right. */
export const AHEAD_MS = CLOCK_TOLERANCE_MS + 1000
/** Raw samples are kept this long after their hour. */
export const RAW_KEEP_MS = 48 * HOUR
/** A sample may come this late and still be taken; then its hour is sealed. */
export const SEAL_AFTER_MS = 30 * MINUTE
/** Names and the open set outlive everything they are needed for. */
export const META_KEEP_MS = 42 * DAY
/** A sample is credited with at most this much time before it. */
export const MAX_COVER_MS = MINUTE
/** Samples of a member further apart than this have a gap between them. */
export const GAP_MS = 35 * SECOND
/** Columns of the pool: all its members' stats together; further ones have no pool mean. */
export const MAX_POOL_COLUMNS = 128

/** Raw samples of a member in an hour: five a second, as many as an agent takes; further ones are left out. */
export const MOST_ROWS = 18_400
/** Bytes before the rows of a hot block: uint16 columns, 2 spare, uint32 rows, uint32 last row's time. */
export const HOT_HEADER = 12
/** Bytes before the buckets of a roll-up block: uint16 columns, 2 spare. */
export const ROLL_HEADER = 4
/** Bytes of one bucket and column. */
export const ROLL_CELL = 16

const POOL = 'pool'

export function prefixOf(poolId: string): string {
  return `spinup:{${poolId}}:series:`
}

export function subjectOf(memberId: string | null): string {
  return memberId === null ? POOL : `m:${memberId}`
}

/** The blocks of a level that hold buckets of `(fromAt, toAt]`, oldest first. */
export function blocksBetween(level: Level, fromAt: number, toAt: number): readonly number[] {
  const span = level.stepMs * level.perBlock
  const first = Math.floor(fromAt / span)
  const last = Math.max(first, Math.ceil(toAt / span) - 1)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** The UTC hours that `[fromAt, toAt]` touches, counted from the epoch. */
function hoursBetween(fromAt: number, toAt: number): readonly number[] {
  const first = Math.floor(fromAt / HOUR)
  return Array.from({ length: Math.max(0, Math.floor(toAt / HOUR) - first + 1) }, (_, index) => first + index)
}

/** Every key of one member that can still exist at `now`. */
export function keysOfMember(poolId: string, memberId: string, now: number): readonly string[] {
  const prefix = prefixOf(poolId)
  const subject = subjectOf(memberId)
  const hours = hoursBetween(now - RAW_KEEP_MS - HOUR, now + HOUR)
  return [
    `${prefix}cols:${subject}`,
    `${prefix}latest:${memberId}`,
    ...hours.flatMap((hour) => [`${prefix}hot:${memberId}:${hour}`, `${prefix}raw:${memberId}:${hour}`]),
    ...LEVELS.flatMap((level) =>
      blocksBetween(level, now - level.keepMs - level.stepMs * level.perBlock, now + HOUR).map(
        (block) => `${prefix}${level.name}:${subject}:${block}`,
      ),
    ),
  ]
}
