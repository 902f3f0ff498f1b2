import type { ChartSpec } from '../../core/model/chart.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { describeChart } from '../../core/model/chart-words.ts'
import { capital, statName, unitOf } from '../../core/model/words.ts'
import type { Decision } from '../../core/model/decision.ts'
import type { Services } from '../services.ts'

const POINTS = 300
/** Shorter than this a chart has no shape. */
const LEAST_SPAN_MS = 30_000

/** What to draw. `memberIds` empty: the pool mean alone. */
export interface ChartWish {
  readonly stat: string
  readonly fromAt: number
  readonly toAt: number
  readonly memberIds: readonly string[]
}

/** Gathers a stat over a range, with the target line and the scale events in it. */
export async function chartSpec(services: Services, state: PoolState, wish: ChartWish): Promise<ChartSpec> {
  const { pool } = state
  const who = wish.memberIds.length === 0 ? [null] : wish.memberIds
  const lines = await Promise.all(
    who.map(async (memberId) => ({
      label: memberId ?? `${pool.name}, mean`,
      ...(await services.series.range(pool.id, memberId, wish.stat, wish.fromAt, wish.toAt, POINTS)),
    })),
  )
  return {
    title: `${capital(statName(wish.stat))} of pool ${pool.name}`,
    subtitle: wish.memberIds.length === 0 ? 'mean of its members' : wish.memberIds.join(', '),
    stat: wish.stat,
    unit: unitOf(wish.stat),
    fromAt: wish.fromAt,
    toAt: wish.toAt,
    lines: lines.map(({ label, at, value }) => ({ label, at, value })),
    counts: null,
    target: wish.stat === pool.policy.stat ? pool.policy.target : null,
    events: state.episodes
      .filter((episode) => episode.startedAt >= wish.fromAt && episode.startedAt <= wish.toAt)
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .map((episode) => ({
        at: episode.startedAt,
        label: episode.direction === 'out' ? `+${episode.to - episode.from}` : `−${episode.from - episode.to}`,
        direction: episode.direction,
      })),
  }
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
  const spec = await chartSpec(services, state, wish)
  if (spec.lines.every((line) => line.value.every((value) => value === null))) return null
  const id = `${state.pool.id}.${name}`
  const reference = { id, title: spec.title, alt: describeChart(spec) }
  await services.charts.save(state.pool, reference, spec)
  return reference
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
