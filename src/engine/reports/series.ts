import { SpinupError } from '../../core/model/error.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import {
  KEPT_MS,
  type PoolSamples,
  type SeriesAnswer,
  type SeriesLine,
  type StatsPool,
} from '../../core/model/stats-page.ts'
import { unitOf } from '../../core/model/words.ts'
import { calledSo } from '../../core/pool/member-called.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import { poolsSeen } from './live.ts'
import { statCalled } from './stats.ts'

/** Of all lines of an answer together: half a second's work, and a few megabytes. */
const MOST_POINTS = 100_000

/** Stats over `[fromAt, toAt]` (epoch ms), in at most `points` points a line. */
export interface SeriesAsked {
  readonly stats: readonly string[]
  readonly fromAt: number
  readonly toAt: number
  readonly points: number
  /** A line for each member, too. */
  readonly byMember: boolean
  /** Of members without their lowest and highest. */
  readonly meanOnly: boolean
}

/** A pool of a team (null: the installation's own) by its id or name; no name: the only one there is. Throws `notFound`. */
export async function poolCalled(services: Services, tenant: string | null, wanted: string | null): Promise<PoolState> {
  const states = await poolsSeen(services, tenant)
  const names = states.map(({ pool }) => pool.name)
  const there = names.length === 0 ? 'no pool is connected yet' : `there are ${names.join(', ')}`
  if (wanted === null) {
    const [only, another] = states
    if (only !== undefined && another === undefined) return only
    throw new SpinupError('notFound', `Say which pool: ${there}.`)
  }
  const found = states.find(({ pool }) => pool.id === wanted) ?? calledSo(states, ({ pool }) => pool.name, wanted)
  if (found !== null) return found
  throw new SpinupError('notFound', `There is no pool called ${wanted}: ${there}.${didYouMean(wanted, names)}`)
}

/** Every pool of a team, with what it ever reported. */
export async function statsPools(services: Services, tenant: string | null): Promise<readonly StatsPool[]> {
  return Promise.all((await poolsSeen(services, tenant)).map((state) => statsPool(services, state)))
}

/** A pool, with what it ever reported. */
export async function statsPool(services: Services, { pool, members }: PoolState): Promise<StatsPool> {
  const { id, name, createdAt, dollarsPerHour, policy } = pool
  const { stat, target, timeZone, max, staleAfterMs } = policy
  const stats = await services.series.statNames(id)
  const ids = members.map((member) => member.id)
  return { id, name, timeZone, createdAt, stat, target, stats, members: ids, max, staleAfterMs, dollarsPerHour }
}

/**
 * Stats of a pool over a range, of all members together and of each, from the coarsest level there is that serves that
 * many points. Throws `notFound`, `badInput` in words.
 */
export async function readSeries(services: Services, state: PoolState, asked: SeriesAsked): Promise<SeriesAnswer> {
  const { pool } = state
  const { fromAt, toAt } = asked
  if (!(toAt > fromAt))
    throw new SpinupError('badInput', 'The range ends before it begins: “to” has to be after “from”.')
  if (fromAt < services.now() - KEPT_MS - 86_400_000)
    throw new SpinupError(
      'badInput',
      `Nothing older than ${KEPT_MS / 86_400_000} days is kept; ask for a later “from”.`,
    )
  const available = await services.series.statNames(pool.id)
  const stats = [...new Set(asked.stats.map((stat) => statCalled(stat, available)))]
  const subjects = [null, ...(asked.byMember ? state.members.map(({ id }) => id) : [])]
  const points = Math.max(2, Math.min(asked.points, Math.floor(MOST_POINTS / (stats.length * subjects.length))))
  const read = await Promise.all(
    subjects.map(async (member) => {
      const found = await services.series.ranges(pool.id, member, stats, fromAt, toAt, points)
      return found.map(({ at, value, min, max, stepMs }, index): SeriesLine => {
        const stat = stats[index] ?? ''
        const bare = asked.meanOnly && member !== null
        const rest = { mean: value.map(short), min: bare ? [] : min.map(short), max: bare ? [] : max.map(short) }
        return { stat, unit: unitOf(stat), member, stepMs, at, ...rest }
      })
    }),
  )
  // A stat's lines stand together, all members' first.
  const series = stats.flatMap((stat) => read.flat().filter((line) => line.stat === stat))
  return { pool: { id: pool.id, name: pool.name }, timeZone: pool.policy.timeZone, fromAt, toAt, series }
}

/** Seven digits are what is kept of a value, and five are more than can be seen. null: none. */
function short(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5))
}

/** The newest sample of every member of a team's pools. */
export async function newestSamples(services: Services, tenant: string | null): Promise<readonly PoolSamples[]> {
  return Promise.all(
    (await poolsSeen(services, tenant)).map(async ({ pool, members }) => {
      const latest = await services.series.latest(
        pool.id,
        members.map(({ id }) => id),
      )
      const known = Object.entries(latest).flatMap(([id, one]) =>
        one === null ? [] : [{ id, at: one.at, stats: one.stats }],
      )
      return { pool: pool.id, members: known }
    }),
  )
}
