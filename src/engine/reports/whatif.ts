import { MOST_HOURS, originPrice } from '../../core/model/billing.ts'
import { describeChart, type ChartSpec } from '../../core/model/chart.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { ChartRef, WhatIfOutcome, WhatIfView } from '../../core/model/view.ts'
import { cost as costWords, duration, plainNumber, statName, statValue } from '../../core/model/words.ts'
import { POLICY_FIELDS } from '../../core/policy/fields.ts'
import { gapMs, type History } from '../../simulate/history.ts'
import type { Recordings } from '../../simulate/other-stats.ts'
import type { Compared, Outcome } from '../../simulate/what-if.ts'
import { policyMark } from './live.ts'
import { pairs } from '../../core/cards/views/policy.ts'
import type { Services } from '../services.ts'
import { keepPicture } from './chart.ts'

/** A replay that is done. */
export interface Replayed {
  readonly wish: { readonly changes: Readonly<Record<string, string>>; readonly rangeMs: number | null }
  /** As it is shown: what was asked for, or all there is. */
  readonly fromAt: number
  readonly toAt: number
  readonly changed: Policy
  /** The targets that were tried, of which this is the cheapest without more overload. */
  readonly targets: readonly number[]
  readonly history: History
  /** What was on record of other stats, and the names of those of which nothing was. */
  readonly others: Recordings
  readonly unknown: readonly string[]
  readonly compared: Compared
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** As much of a month as is billed. */
const MONTH_MS = MOST_HOURS * HOUR_MS

/** The comparison as a card, its chart saved. */
export async function whatIfView(services: Services, state: PoolState, replayed: Replayed): Promise<WhatIfView> {
  const { pool } = state
  const { history, compared, changed, wish } = replayed
  const { recorded } = history
  // The origin is there all the time, and may cost more or less than a clone.
  const own = ((history.toAt - history.fromAt - gapMs(history)) / HOUR_MS) * (originPrice(pool) - pool.dollarsPerHour)
  const cost = (memberHours: number): number => Math.max(0, memberHours * pool.dollarsPerHour + own)
  const present = outcome(compared.present, cost)
  const then = outcome(compared.changed, cost)
  return {
    kind: 'whatif',
    pool: pool.name,
    changes: differences(pool.policy, changed),
    fromAt: replayed.fromAt,
    toAt: replayed.toAt,
    summary: summary(present, then, replayed.toAt - replayed.fromAt),
    recorded: {
      overloadedMs: recorded.fullMs,
      dropletHours: recorded.memberHours,
      dollars: cost(recorded.memberHours),
      peak: recorded.peak,
      changes: null,
    },
    present,
    changed: then,
    notes: notes(replayed),
    chart: await saveChart(services, state, replayed),
    actions: [
      { action: `apply:${policyMark(pool.policy)}:${pairs(wish.changes)}`, label: 'Apply', style: 'primary' },
      { action: 'run:/spinup policy', label: 'Policy', style: 'plain' },
    ],
  }
}

function differences(present: Policy, changed: Policy): WhatIfView['changes'] {
  return POLICY_FIELDS.map((field) => ({
    name: field.name,
    from: field.read(present),
    to: field.read(changed),
  })).filter(({ from, to }) => from !== to)
}

function outcome(of: Outcome, cost: (memberHours: number) => number): WhatIfOutcome {
  return {
    overloadedMs: of.overloadedS * 1000,
    dropletHours: of.memberHours,
    dollars: cost(of.memberHours),
    peak: of.peak,
    changes: of.changes,
  }
}

/** From half a day on, what it comes to in a month is worth saying. */
const TELLING_MS = 12 * HOUR_MS

function summary(present: WhatIfOutcome, changed: WhatIfOutcome, spanMs: number): string {
  return `${overloadWords(present, changed)}, ${moneyWords(present, changed, spanMs)}.`
}

function overloadWords(present: WhatIfOutcome, changed: WhatIfOutcome): string {
  const more = changed.overloadedMs - present.overloadedMs
  if (more !== 0) return `${duration(Math.abs(more))} ${more < 0 ? 'less' : 'more'} overload`
  return changed.overloadedMs === 0
    ? 'No overload either way'
    : `${duration(changed.overloadedMs)} of overload as before`
}

function moneyWords(present: WhatIfOutcome, changed: WhatIfOutcome, spanMs: number): string {
  const hours = changed.dropletHours - present.dropletHours
  // A droplet whose price is not known costs hours.
  if (present.dollars === 0 && hours !== 0) {
    return `for ${plainNumber(Math.abs(hours))} ${hours < 0 ? 'fewer' : 'more'} droplet-hours`
  }
  const cost = changed.dollars - present.dollars
  const month = (Math.abs(cost) * MONTH_MS) / spanMs
  const rate = spanMs >= TELLING_MS && month >= 0.01 ? `, about ${costWords(month)} a month` : ''
  return Math.abs(cost) < 0.0001
    ? 'at the same cost'
    : `for ${costWords(Math.abs(cost))} ${cost < 0 ? 'less' : 'more'}${rate}`
}

/** Settings that a replay cannot show: it always acts, and at once. */
const ASKING: ReadonlySet<string> = new Set(['mode', 'approval', 'on-expiry-out', 'on-expiry-in'])

function notes({ history, others, unknown, wish, fromAt, toAt, changed, targets }: Replayed): readonly string[] {
  const { recorded, grainMs } = history
  const silentMs = gapMs(history)
  const spanMs = toAt - fromAt
  const found: string[] = []
  if (targets.length > 1) {
    const tried = listed(targets.map((target) => statValue(changed.stat, target)))
    found.push(
      `Tried were ${tried}; this is the cheapest that is overloaded no longer than as it is, or the least overloaded.`,
    )
  }
  if (spanMs < (wish.rangeMs ?? 24 * HOUR_MS)) {
    const asked = wish.rangeMs === null ? '' : `${duration(wish.rangeMs)} were asked for. `
    found.push(`${asked}There is only ${duration(spanMs)} of history.`)
  }
  if (recorded.fullMs > 0) {
    found.push(
      `The CPU was full for ${duration(recorded.fullMs)}, and a full CPU hides how much more was wanted: the replays may look better than they would have been.`,
    )
  }
  if (silentMs > Math.max(MINUTE_MS, spanMs / 100)) {
    found.push(`For ${duration(silentMs)} nobody reported; that is left out.`)
  }
  if (grainMs > MINUTE_MS) {
    found.push('Beyond three days only 15-minute averages are left, so short peaks are missing.')
  }
  if (Object.keys(wish.changes).some((name) => ASKING.has(name))) {
    found.push('A replay always acts at once, without asking first.')
  }
  const replayed = Object.keys(others).map(statName)
  if (replayed.length > 0) {
    found.push(
      `Of ${listed(replayed)} droplets are assumed to share the total: a part that is the same on each, however many there are, would not fall as it does here. Overload is of the CPU alone.`,
    )
  }
  const late = Object.entries(others).filter(([, stretches]) => stretches[0]!.fromAt > fromAt + MINUTE_MS)
  for (const [stat, stretches] of late) {
    const from = duration(stretches[0]!.fromAt - fromAt)
    found.push(
      `${statName(stat)} is recorded from ${from} after the beginning only; before that, it is assumed to be as it was then.`,
    )
  }
  if (unknown.length > 0) found.push(`Nothing is recorded for ${listed(unknown.map(statName))}; that is left out.`)
  found.push(
    'Overloaded means, as recorded, a CPU of 95 % or more; in the replays, requests of 10 ms that wait over half a second. All CPU is assumed to serve visitors, and all droplets to be alike. Open connections, pins, pauses, failures and what people did are not replayed.',
  )
  return found
}

/** What demand is counted in. */
function inWords({ stat, target }: Policy): string {
  return stat === 'cpu' ? 'full droplets' : `droplets at ${statName(stat)} ${statValue(stat, target)}`
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

async function saveChart(
  services: Services,
  { pool }: PoolState,
  { history, compared, changed: policy }: Replayed,
): Promise<ChartRef | null> {
  const { at, sliceMs, demand, present, changed } = compared.drawn
  const what = differences(pool.policy, policy).map(({ name, to }) => `${name} ${to}`)
  const slices = sliceMs > 1000 ? `highest of every ${duration(sliceMs)}` : 'every second'
  const spec: ChartSpec = {
    title: `What if ${what.join(', ')}: pool ${pool.name}`,
    subtitle: `demand in ${inWords(policy)}, and droplets in service; ${slices}`,
    stat: 'members',
    unit: 'number',
    timeZone: pool.policy.timeZone,
    fromAt: history.fromAt,
    toAt: history.toAt,
    lines: [
      { label: 'changed', at, value: changed, stepped: true },
      { label: 'as it is', at, value: present, stepped: true },
      { label: 'demand', at, value: demand.map((value) => Math.round(value * 100) / 100) },
    ],
    counts: null,
    target: null,
    events: [],
  }
  const reference = { id: `${pool.id}.whatif-${services.newId()}`, title: spec.title, alt: describeChart(spec) }
  return (await keepPicture(services, pool, reference, spec)) ? reference : null
}
