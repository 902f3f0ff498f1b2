import type { ChartSpec } from '../../core/model/chart.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { ChartRef } from '../../core/model/view.ts'
import type { Services } from '../services.ts'
import { keepChart, readChart } from './chart.ts'

/** The pool's stat over the stretch, with how many reported and the scale events; null: there is nothing to draw. */
export async function summaryChart(
  services: Services,
  state: PoolState,
  week: {
    readonly fromAt: number
    readonly toAt: number
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
  const { spec: drawn } = await readChart(services, state, { stat: pool.policy.stat, fromAt, toAt, memberIds: [] })
  const spec: ChartSpec = {
    ...drawn,
    events: week.events
      .filter(({ ok, from, to }) => ok && from !== to)
      .map(({ at, direction, from, to }) => ({
        at,
        direction,
        label: direction === 'out' ? `+${to - from}` : `−${from - to}`,
      })),
  }
  // By its end, so that two bots that tell the same week draw the same picture.
  return keepChart(services, state, `summary-${toAt}`, spec)
}
