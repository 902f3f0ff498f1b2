import { fleetPrice, originPrice, priceWords } from '../../model/billing.ts'
import { FULL_CPU, type Stretch } from '../../model/history.ts'
import { counts } from '../../model/member.ts'
import type { ChartRef, SummaryView } from '../../model/view.ts'
import { cost, duration, percent, plural } from '../../model/words.ts'
import type { PoolState } from '../../pool/state.ts'

const HOUR_MS = 3_600_000
/** Older history is kept by the quarter hour. */
const FINE_MS = 3 * 24 * HOUR_MS
/** Less unreported time than this is the edge of a roll-up. */
const HOLE_MS = 20 * 60_000

/** How a scale event ended, from the audit. */
export interface ScaleEvent {
  readonly at: number
  readonly direction: 'out' | 'in'
  readonly from: number
  readonly to: number
  readonly ok: boolean
  /** How long the droplets it made, or tried to make, took to come into service, together; ms. */
  readonly bootMs: number
}

/** What a summary is of; times are epoch ms. */
export interface SummaryFacts {
  /** What was asked for, and what of it there was a pool in. */
  readonly fromAt: number
  readonly since: number
  readonly toAt: number
  /** Of the CPU, within `since` and `toAt`, oldest first. */
  readonly stretches: readonly Stretch[]
  /** Oldest first. */
  readonly events: readonly ScaleEvent[]
}

/** A stretch of a pool's life (a week, as a rule): its scale events, peak, overload, and cost against a fleet of fixed size. */
export function summaryView(
  state: PoolState,
  { fromAt, since, toAt, stretches, events }: SummaryFacts,
  chart: ChartRef | null,
): SummaryView {
  const { pool } = state
  const fleet = fleetOver(stretches, since, toAt)
  const peak = peakOf(stretches, events)
  const hours = (toAt - since) / HOUR_MS
  const price = pool.dollarsPerHour
  const bootMs = events.reduce((sum, event) => sum + event.bootMs, 0)
  // In addition to clones' hours what the origin costs more or less than one of them.
  const own = hours * (originPrice(pool) - price)
  const spent = ((fleet.memberMs + bootMs) / HOUR_MS) * price + own
  const fixed = peak?.members ?? state.members.filter((member) => counts(member)).length
  const done = (direction: 'out' | 'in'): number => events.filter((one) => one.ok && one.direction === direction).length
  return {
    kind: 'summary',
    pool: pool.name,
    fromAt: since,
    toAt,
    scaleOuts: done('out'),
    scaleIns: done('in'),
    failed: events.filter((one) => !one.ok).length,
    peak,
    overloadedMs: fleet.fullMs,
    dollars: spent,
    fixed: { droplets: fixed, dollars: hours * fleetPrice(pool, fixed) },
    notes: notes(state, {
      spent,
      fixed: hours * fleetPrice(pool, fixed),
      droplets: fixed,
      unreportedMs: fleet.unreportedMs,
      since,
      fromAt,
      toAt,
    }),
    chart,
    actions: [
      { action: 'run:/spinup cost', label: 'Cost', style: 'plain' },
      { action: 'run:/spinup history 50', label: 'History', style: 'plain' },
    ],
  }
}

interface FleetTime {
  readonly memberMs: number
  readonly fullMs: number
  readonly unreportedMs: number
}

/** Who reported, for how long; where nobody did, as many as before (one at least) are taken to have been there. */
function fleetOver(stretches: readonly Stretch[], fromAt: number, toAt: number): FleetTime {
  let memberMs = 0
  let fullMs = 0
  let unreportedMs = 0
  let [last, before] = [1, 1]
  let reportedTo = fromAt
  const silence = (until: number): void => {
    const span = Math.max(0, until - reportedTo)
    // The roll-up before a silence is filled in part only.
    memberMs += span * (span > HOLE_MS ? Math.max(last, before) : last)
    if (span > HOLE_MS) unreportedMs += span
  }
  for (const stretch of stretches) {
    silence(stretch.fromAt)
    const span = stretch.toAt - stretch.fromAt
    memberMs += span * Math.max(1, stretch.members)
    if (stretch.mean >= FULL_CPU) fullMs += span
    before = last
    last = Math.max(1, Math.round(stretch.members))
    reportedTo = stretch.toAt
  }
  silence(toAt)
  return { memberMs, fullMs, unreportedMs }
}

/** In service at once. A short peak is lost in a quarter hour's mean, but not in what a scale event says it came to. */
function peakOf(stretches: readonly Stretch[], events: readonly ScaleEvent[]): SummaryView['peak'] {
  let peak: SummaryView['peak'] = null
  const see = (members: number, at: number): void => {
    if (members > 0 && (peak === null || members > peak.members)) peak = { members, at }
  }
  for (const event of events) if (event.ok) see(Math.max(event.from, event.to), event.at)
  for (const stretch of stretches) see(Math.round(stretch.members), (stretch.fromAt + stretch.toAt) / 2)
  return peak
}

function notes(
  { pool }: PoolState,
  facts: {
    readonly spent: number
    readonly fixed: number
    readonly droplets: number
    readonly unreportedMs: number
    readonly since: number
    readonly fromAt: number
    readonly toAt: number
  },
): readonly string[] {
  const { spent, fixed, droplets, unreportedMs, since, fromAt, toAt } = facts
  const saved = fixed > 0 ? 1 - spent / fixed : 0
  return [
    ...(since > fromAt ? [`Counted since the pool was connected, ${duration(toAt - since)} ago.`] : []),
    ...(saved > 0.005 && fixed - spent >= 0.01
      ? [`${percent(saved)} less than ${plural(droplets, 'droplet')} all the time: ${cost(fixed - spent)} saved.`]
      : []),
    ...(unreportedMs > 0
      ? [`For ${duration(unreportedMs)} no agent reported; the number of droplets before is assumed there.`]
      : []),
    ...(toAt - since > FINE_MS
      ? ['Beyond three days history is kept by the quarter hour: shorter overloads do not show there.']
      : []),
    pool.dollarsPerHour > 0
      ? `Estimated from reports and from how long clones took to come up, at ${priceWords(pool, ' an hour')}; snapshots and traffic are not counted.`
      : 'Droplets of this pool cost nothing.',
  ]
}
