import { fleetPrice, MOST_HOURS, monthOf, originPrice } from '../core/model/billing.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { Action, CostView } from '../core/model/view.ts'
import { cost as money, dollars, duration, percent, plural } from '../core/model/words.ts'
import type { Provider } from '../providers/provider.ts'
import { billed, spent } from '../core/pool/capacity.ts'
import type { Services } from '../engine/services.ts'
import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'cost' }> = {
  name: 'cost',
  task: 'look',
  aliases: 'costs, money, price, prices, bill, billing, spend, spending, spent, dollars, usd, $, invoice',
  asks: {
    '':
      'cost, how much, price, bill, spend, spent, spending, pay, paying, paid, money, expensive, dollar, ' +
      'charged, cheap, owe, burn, afford, would cost, what cost, how much cost',
  },
  summary: 'what the pool costs now, this month, to the month’s end, and how near the limits are',
  usage: 'cost',
  example: '/spinup cost',
  parse: alone({ kind: 'cost' }),
  access: 'read',
  needs: 'pool',
  pools: 'each',
  run: ({ services, state }) => [cost(services, state)],
}

const HOUR_MS = 3_600_000

/** What the pool costs: now, this calendar month (UTC), to the month's end, against a fixed fleet of the maximum. */
function cost(services: Services, state: PoolState): CostView {
  const now = services.now()
  const { pool, upkeep } = state
  const { policy, dollarsPerHour: price } = pool
  const { droplets, dollarsPerHour: nowRate } = billed(state)
  const month = span(now)
  const since = Math.max(month.from, pool.createdAt)
  const paid = spent(state, now)
  const hours = (now - since) / HOUR_MS
  // Within the first hour one change of size would decide the whole projection.
  const rate = hours >= 1 ? paid / hours : nowRate
  // What runs all the time is billed for so many hours a month and no more.
  const billedHours = (ms: number): number => Math.min(ms / HOUR_MS, MOST_HOURS)
  const projected = paid + rate * (billedHours(month.to - since) - billedHours(now - since))
  const fleet = fleetPrice(pool, policy.max)
  return {
    kind: 'cost',
    pool: pool.name,
    at: now,
    droplets,
    dollarsPerDroplet: price,
    ...(originPrice(pool) === price ? {} : { dollarsForOrigin: originPrice(pool) }),
    dollarsPerHour: nowRate,
    month: monthOf(now),
    monthDollars: paid,
    projectedDollars: projected,
    fixed: { droplets: policy.max, dollars: fleet * billedHours(month.to - month.from) },
    caps: [
      ...(policy.maxDollarsPerHour === null
        ? []
        : [{ per: 'hour' as const, limit: policy.maxDollarsPerHour, used: nowRate, projected: null }]),
      ...(policy.maxDollarsPerMonth === null
        ? []
        : [{ per: 'month' as const, limit: policy.maxDollarsPerMonth, used: paid, projected }]),
    ],
    notes: [
      hours >= 1
        ? `The rest of the month is estimated at the average so far, ${dollars(rate)} an hour.`
        : 'The rest of the month is estimated at what it costs now.',
      ...(since > month.from ? [`Counted since the pool was connected, ${duration(now - since)} ago.`] : []),
      ...(upkeep.team == null
        ? []
        : [
            `All pools together: ${money(paid + upkeep.team.spent)} of the team’s ${dollars(upkeep.team.limit)} this month.`,
          ]),
      ...(fleet > 0 && rate < fleet
        ? [`That is ${percent(1 - rate / fleet)} less than a fixed fleet of ${policy.max}.`]
        : []),
      ...billing(services.provider(pool), upkeep.extra.month === monthOf(now) ? upkeep.extra.dollars : 0),
      ...(upkeep.unmanaged.length === 0
        ? []
        : [
            `Also, ${plural(upkeep.unmanaged.length, 'droplet')} that I do not know ${upkeep.unmanaged.length === 1 ? 'costs' : 'cost'} ${dollars(sum(upkeep.unmanaged.map((one) => one.dollarsPerHour ?? 0)))} an hour.`,
          ]),
    ],
    actions: actions(state),
  }
}

function billing({ leastBill }: Provider, extra: number): readonly string[] {
  if (leastBill === undefined) return []
  const least = `Droplets are billed by the second, ${duration(leastBill.ms)} and ${dollars(leastBill.dollars)} each at least`
  return [
    extra > 0 ? `${least}: this month short lives have cost ${money(extra)} beyond their time.` : `${least}.`,
    'Snapshots, load balancers and traffic are not counted.',
  ]
}

function actions({ pool: { policy } }: PoolState): readonly Action[] {
  const fewer = policy.max - 1
  if (fewer < policy.min) return []
  return [{ action: `run:/spinup whatif max=${fewer}`, label: `What if max were ${fewer}`, style: 'plain' }]
}

/** The calendar month (UTC) around `now`, epoch ms. */
function span(now: number): { readonly from: number; readonly to: number } {
  const date = new Date(now)
  const at = (ahead: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead)
  return { from: at(0), to: at(1) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
