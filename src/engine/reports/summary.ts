import type { AuditEntry } from '../../core/model/audit.ts'
import { summaryView, type ScaleEvent } from '../../core/cards/views/summary.ts'
import type { ChartRef, SummaryView } from '../../core/model/view.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import type { ChartSpec } from '../../core/model/chart.ts'
import { keepChart, readChart } from './chart.ts'

const MOST_EVENTS = 5000

/** A stretch of a pool's life, from what its agents reported and the audit; its chart is saved. */
export async function summary(
  services: Services,
  state: PoolState,
  fromAt: number,
  toAt: number,
): Promise<SummaryView> {
  const { pool } = state
  const since = Math.min(Math.max(fromAt, pool.createdAt), toAt)
  const [reported, events] = await Promise.all([
    services.series.together(pool.id, 'cpu', since, toAt),
    scaleEvents(services, pool.id, since, toAt),
  ])
  const stretches = reported
    .map((stretch) => ({ ...stretch, fromAt: Math.max(since, stretch.fromAt), toAt: Math.min(toAt, stretch.toAt) }))
    .filter((stretch) => stretch.toAt > stretch.fromAt)
  const chart = await summaryChart(services, state, { fromAt: since, toAt, events })
  return summaryView(state, { fromAt, since, toAt, stretches, events }, chart)
}

/** The scale events that ended in the stretch, oldest first. */
export async function scaleEvents(
  services: Services,
  poolId: string,
  fromAt: number,
  toAt: number,
): Promise<readonly ScaleEvent[]> {
  const entries = await services.auditLog.newest(
    MOST_EVENTS,
    ({ kind, action, outcome, pool, at }) =>
      kind === 'event' &&
      pool?.id === poolId &&
      (action === 'scaleOut' || action === 'scaleIn') &&
      (outcome === 'done' || outcome === 'failed') &&
      at <= toAt,
    { within: Infinity, sinceAt: fromAt },
  )
  return entries.map(eventOf).toReversed()
}

function eventOf({ at, action, outcome, detail }: AuditEntry): ScaleEvent {
  // Written by `core/audit/acts.ts`; of an entry that says less, less is shown.
  const {
    from = 0,
    to = 0,
    members = [],
  } = detail as {
    readonly from?: number
    readonly to?: number
    readonly members?: readonly { readonly tookMs?: number }[]
  }
  const direction = action === 'scaleOut' ? 'out' : 'in'
  const bootMs = direction === 'out' ? members.reduce((sum, { tookMs = 0 }) => sum + tookMs, 0) : 0
  return { at, direction, from, to, ok: outcome === 'done', bootMs }
}

/** The pool's stat over the stretch, with how many reported and the scale events; null: there is nothing to draw. */
async function summaryChart(
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
