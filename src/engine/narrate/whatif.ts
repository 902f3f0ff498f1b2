import { describeChart } from '../../core/model/chart-words.ts'
import type { ChartSpec } from '../../core/model/chart.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { PoolState } from '../../core/model/state.ts'
import type { ChartRef, WhatIfOutcome, WhatIfView } from '../../core/model/view.ts'
import { dollars, duration } from '../../core/model/words.ts'
import { POLICY_FIELDS } from '../../core/policy/fields.ts'
import type { History } from '../../simulate/history.ts'
import type { Compared, Outcome } from '../../simulate/what-if.ts'
import { pairs, policyMark } from '../policy-mark.ts'
import type { Services } from '../services.ts'

/** A replay that is done. */
export interface Replayed {
  readonly wish: { readonly changes: Readonly<Record<string, string>>; readonly rangeMs: number | null }
  readonly changed: Policy
  readonly history: History
  readonly compared: Compared
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const MONTH_MS = 30 * 24 * HOUR_MS

/** The comparison as a card, its chart saved. */
export async function whatIfView(services: Services, state: PoolState, replayed: Replayed): Promise<WhatIfView> {
  const { pool } = state
  const { history, compared, changed, wish } = replayed
  const price = pool.dollarsPerHour
  const present = outcome(compared.present, price)
  const then = outcome(compared.changed, price)
  const { recorded } = history
  return {
    kind: 'whatif',
    pool: pool.name,
    changes: POLICY_FIELDS.map((field) => ({
      name: field.name,
      from: field.read(pool.policy),
      to: field.read(changed),
    })).filter(({ from, to }) => from !== to),
    fromAt: history.fromAt,
    toAt: history.toAt,
    summary: summary(present, then, history.toAt - history.fromAt),
    recorded: {
      overloadedMs: recorded.fullMs,
      dropletHours: recorded.memberHours,
      dollars: recorded.memberHours * price,
      peak: recorded.peak,
      changes: null,
    },
    present,
    changed: then,
    notes: notes(state, replayed),
    chart: await saveChart(services, state, replayed),
    actions: [
      { action: `apply:${policyMark(pool.policy)}:${pairs(wish.changes)}`, label: 'Apply', style: 'primary' },
      { action: 'run:/spinup policy', label: 'Policy', style: 'plain' },
    ],
  }
}

function outcome(of: Outcome, price: number): WhatIfOutcome {
  return {
    overloadedMs: of.overloadedS * 1000,
    dropletHours: of.memberHours,
    dollars: of.memberHours * price,
    peak: of.peak,
    changes: of.changes,
  }
}

/** From half a day on, what it comes to in a month is worth saying. */
const TELLING_MS = 12 * HOUR_MS

function summary(present: WhatIfOutcome, changed: WhatIfOutcome, spanMs: number): string {
  const slow = changed.overloadedMs - present.overloadedMs
  const cost = changed.dollars - present.dollars
  const load =
    slow === 0
      ? changed.overloadedMs === 0
        ? 'No overload either way'
        : `As much overload, ${duration(changed.overloadedMs)}`
      : `${duration(Math.abs(slow))} ${slow < 0 ? 'less' : 'more'} overload`
  const month = (Math.abs(cost) * MONTH_MS) / spanMs
  const rate = spanMs >= TELLING_MS && month >= 0.01 ? `, about ${dollars(cents(month))} a month` : ''
  const money =
    cents(cost) === 0 && Math.abs(cost) < 0.0001
      ? 'at the same cost'
      : `for ${dollars(rounded(Math.abs(cost)))} ${cost < 0 ? 'less' : 'more'}${rate}`
  return `${load}, ${money}.`
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100
}

/** To cents, or where there are none of them to two digits. */
function rounded(amount: number): number {
  return amount >= 0.1 ? cents(amount) : Number(amount.toPrecision(2))
}

/** Settings that a replay cannot show: it always acts, and at once. */
const ASKING: ReadonlySet<string> = new Set(['mode', 'approval', 'on-expiry-out', 'on-expiry-in'])

function notes(state: PoolState, { history, wish, changed }: Replayed): readonly string[] {
  const { recorded, gapMs, grainMs } = history
  const spanMs = history.toAt - history.fromAt
  const found: string[] = []
  if (wish.rangeMs !== null && wish.rangeMs - spanMs > 2 * MINUTE_MS) {
    found.push(`${duration(wish.rangeMs)} were asked for; there are ${duration(spanMs)} of history.`)
  } else if (wish.rangeMs === null && 24 * HOUR_MS - spanMs > 2 * MINUTE_MS) {
    found.push(`All there is: ${duration(spanMs)} of history.`)
  }
  if (recorded.fullMs > 0) {
    found.push(
      `The CPU was full for ${duration(recorded.fullMs)}, and a full CPU hides how much more was wanted: the replays may look better than they would have been.`,
    )
  }
  if (gapMs > Math.max(MINUTE_MS, spanMs / 100)) {
    found.push(`For ${duration(gapMs)} nobody reported; taken to have gone on as before.`)
  }
  if (grainMs > MINUTE_MS) {
    found.push('Of what is older than three days only 15-minute means are left, so short peaks are missing.')
  }
  if (Object.keys(wish.changes).some((name) => ASKING.has(name))) {
    found.push('A replay always acts, and at once: who is asked first makes no difference in it.')
  }
  if ([state.pool.policy, changed].some((policy) => policy.also.some((goal) => goal.stat !== 'cpu'))) {
    found.push('Only CPU is replayed; the policy’s other goals are left out.')
  }
  found.push(
    'Overloaded is, as recorded, a CPU of 95 % and more; in the replays, requests that wait over half a second. Pins, pauses, failures and what people did are not replayed.',
  )
  return found
}

async function saveChart(
  services: Services,
  { pool }: PoolState,
  { history, compared }: Replayed,
): Promise<ChartRef | null> {
  const { at, sliceMs, demand, present, changed } = compared.drawn
  const slices = sliceMs > 1000 ? `highest of every ${duration(sliceMs)}` : 'every second'
  const spec: ChartSpec = {
    title: `What if: pool ${pool.name} replayed`,
    subtitle: `demand in full droplets, and droplets in service; ${slices}`,
    stat: 'members',
    unit: 'number',
    fromAt: history.fromAt,
    toAt: history.toAt,
    lines: [
      { label: 'changed', at, value: changed, stepped: true },
      { label: 'present', at, value: present, stepped: true },
      { label: 'demand', at, value: demand },
    ],
    counts: null,
    target: null,
    events: [],
  }
  const reference = { id: `${pool.id}.whatif-${services.newId()}`, title: spec.title, alt: describeChart(spec) }
  await services.charts.save(pool.id, reference, spec)
  return reference
}
