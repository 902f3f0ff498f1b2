import { memberCounts } from '../../core/pool/member-counts.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { describeChart, MOST_NAMED, type ChartSpec } from '../../core/model/chart.ts'
import { viewQuery } from '../../core/model/stats-page.ts'
import { statName, statTitle } from '../../core/model/words.ts'
import type { Decision } from '../../core/model/decision.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Services } from '../services.ts'
import { readPanel, type PanelReading } from './panel.ts'

/** Shorter than this a chart has no shape. */
const LEAST_SPAN_MS = 30_000

/** What to draw: `stat`, and `also` below it. `memberIds` empty: the pool mean alone. */
export interface ChartWish {
  readonly stat: string
  readonly also?: string | null
  readonly fromAt: number
  readonly toAt: number
  readonly memberIds: readonly string[]
  /** The range ends now, and so do its lines. */
  readonly present?: boolean
}

/** A chart, and the numbers it shows: of its stat, and of the one below. */
export interface ChartReading {
  readonly spec: ChartSpec
  readonly panels: readonly PanelReading[]
}

/** Gathers a stat over a range, with the target line, the members and the scale events in it. */
export async function readChart(services: Services, state: PoolState, wish: ChartWish): Promise<ChartReading> {
  const { pool } = state
  const { fromAt, toAt, memberIds, present = false } = wish
  const stats = wish.also == null ? [wish.stat] : [wish.stat, wish.also]
  const [panels, stretches] = await Promise.all([
    Promise.all(stats.map((stat) => readPanel(services, state, { stat, fromAt, toAt, memberIds, present }))),
    // Every agent reports its CPU, and not every member the stat.
    services.series.together(pool.id, 'cpu', fromAt, toAt),
  ])
  const [upper, below] = panels
  if (upper === undefined) throw new Error('there is a stat')
  return {
    panels,
    spec: {
      ...upper.panel,
      ...(below === undefined ? {} : { below: below.panel }),
      title: titleOf(pool.name, stats, memberIds),
      subtitle: subtitleOf(memberIds.length),
      timeZone: pool.policy.timeZone,
      fromAt,
      toAt,
      counts: memberCounts(state, stretches, wish, services.now()),
      events: state.episodes
        .filter((episode) => episode.startedAt >= fromAt && episode.startedAt <= toAt)
        .toSorted((a, b) => a.startedAt - b.startedAt)
        .map((episode) => ({
          at: episode.startedAt,
          label: episode.direction === 'out' ? `+${episode.to - episode.from}` : `−${episode.from - episode.to}`,
          direction: episode.direction,
        })),
    },
  }
}

function titleOf(pool: string, stats: readonly string[], memberIds: readonly string[]): string {
  const [member, another] = memberIds
  const whose = member !== undefined && another === undefined ? member : `pool ${pool}`
  const names = [...stats.slice(0, 1).map(statTitle), ...stats.slice(1).map(statName)].join(' and ')
  return `${names} of ${whose}${another === undefined ? '' : ' by member'}`
}

/** What the lines are; of one member there is nothing to add. */
function subtitleOf(members: number): string {
  if (members === 1) return ''
  if (members === 0) return 'mean and range of its members'
  return members > MOST_NAMED ? `${members} members, the ${MOST_NAMED} hottest by name` : `${members} members`
}

/** A chart's beginning: `spanMs` before `at`, though not long before there was a pool; the rest would be empty. */
export function beginning(state: PoolState, at: number, spanMs: number): number {
  return Math.max(at - spanMs, Math.min(state.pool.createdAt, at - LEAST_SPAN_MS))
}

/** Saves a chart under `name`, unique in the pool, and gives the reference a card carries. */
export async function saveChart(
  services: Services,
  state: PoolState,
  name: string,
  wish: ChartWish,
): Promise<ChartRef | null> {
  return keepChart(services, state, name, (await readChart(services, state, wish)).spec)
}

/** Saves a chart as it is; null: there is nothing in it. */
export async function keepChart(
  services: Services,
  state: PoolState,
  name: string,
  spec: ChartSpec,
): Promise<ChartRef | null> {
  const lines = [...spec.lines, ...(spec.below?.lines ?? [])]
  if (lines.every((line) => line.value.every((value) => value === null))) return null
  const { id: poolId, name: pool, tenant = null } = state.pool
  const id = `${poolId}.${name}`
  const stats = [spec.stat, ...(spec.below === undefined ? [] : [spec.below.stat])]
  // Only the installation's own team has the page.
  const view = tenant === null ? { view: viewQuery({ pool, stats, fromAt: spec.fromAt, toAt: spec.toAt }) } : {}
  const reference = { id, title: spec.title, alt: describeChart(spec), ...view }
  return (await keepPicture(services, state.pool, reference, spec)) ? reference : null
}

/** Keeps what a picture is drawn from. False: Redis takes no changes, which is no reason not to answer in words. */
export async function keepPicture(
  { charts, log }: Pick<Services, 'charts' | 'log'>,
  ...picture: Parameters<Services['charts']['save']>
): Promise<boolean> {
  try {
    await charts.save(...picture)
    return true
  } catch (error) {
    if (!(error instanceof SpinupError) || error.code !== 'storeFailed') throw error
    log.warn({ chart: picture[1].id, reason: error.message }, 'a picture could not be kept; its card goes without')
    return false
  }
}

const BEFORE_DECISION_MS = 10 * 60_000

/** The chart of the stat that was judged, up to the decision. */
export function saveDecisionChart(services: Services, state: PoolState, decision: Decision): Promise<ChartRef | null> {
  return saveChart(services, state, `why-${decision.id}`, {
    stat: state.pool.policy.stat,
    fromAt: beginning(state, decision.at, BEFORE_DECISION_MS),
    toAt: decision.at,
    memberIds: [],
  })
}
