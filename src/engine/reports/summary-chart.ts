import { describeChart } from '../../core/model/chart-words.ts'
import type { ChartSpec } from '../../core/model/chart.ts'
import type { Stretch } from '../../core/model/history.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { timeZoneOf } from '../../core/model/time-zone.ts'
import type { ChartRef } from '../../core/model/view.ts'
import type { Services } from '../services.ts'
import { chartSpec } from './chart.ts'

/** The pool's stat over the stretch, with how many reported and the scale events; null: there is nothing to draw. */
export async function summaryChart(
  services: Services,
  state: PoolState,
  week: {
    readonly fromAt: number
    readonly toAt: number
    readonly stretches: readonly Stretch[]
    readonly events: readonly {
      readonly at: number
      readonly direction: 'out' | 'in'
      readonly from: number
      readonly to: number
      readonly ok: boolean
    }[]
  },
): Promise<ChartRef | null> {
  const { pool } = state
  const { fromAt, toAt } = week
  const drawn = await chartSpec(services, state, { stat: pool.policy.stat, fromAt, toAt, memberIds: [] })
  if (drawn.lines.every((line) => line.value.every((value) => value === null))) return null
  const spec: ChartSpec = {
    ...drawn,
    counts: countsOf(week.stretches),
    events: week.events
      .filter(({ ok, from, to }) => ok && from !== to)
      .map(({ at, direction, from, to }) => ({
        at,
        direction,
        label: direction === 'out' ? `+${to - from}` : `−${from - to}`,
      })),
  }
  const reference = {
    // By its end, so that two bots that tell the same week draw the same picture.
    id: `${pool.id}.summary-${toAt}`,
    title: spec.title,
    alt: describeChart(spec, timeZoneOf(pool.policy.timeZone)),
  }
  await services.charts.save(pool, reference, spec)
  return reference
}

/** How many members reported, where it changes. */
function countsOf(stretches: readonly Stretch[]): ChartSpec['counts'] {
  const at: number[] = []
  const value: number[] = []
  for (const stretch of stretches) {
    // The roll-up in which the first report came is filled in part only.
    const members = Math.max(1, Math.round(stretch.members))
    if (members === value.at(-1)) continue
    at.push(stretch.fromAt)
    value.push(members)
  }
  return at.length === 0 ? null : { at, value }
}
