import type { CostView } from './view.ts'
import { cost, dollars, percent, plural } from './words.ts'

/** The least a provider bills for one droplet, however short its life. */
export interface LeastBill {
  readonly ms: number
  /** US dollars. */
  readonly dollars: number
}

/** What a pool's droplets cost, US dollars an hour; the origin as a clone, where nothing else is said. */
export interface Prices {
  readonly dollarsPerHour: number
  readonly originDollarsPerHour?: number | null | undefined
}

/** What the origin costs, US dollars an hour. */
export function originPrice({ dollarsPerHour, originDollarsPerHour }: Prices): number {
  return originDollarsPerHour ?? dollarsPerHour
}

/** What `size` members cost, one of which is the origin; US dollars an hour. */
export function fleetPrice(prices: Prices, size: number): number {
  return size <= 0 ? 0 : originPrice(prices) + (size - 1) * prices.dollarsPerHour
}

/** Hours of a calendar month that a droplet is billed for at most: then it has cost the price of the month. */
export const MOST_HOURS = 672

/** What droplets of `dollarsPerHour` cost in a calendar month in which they run all the time, US dollars. */
export function monthly(dollarsPerHour: number): number {
  return dollarsPerHour * MOST_HOURS
}

/** What a droplet that lived for `ms` costs at `dollarsPerHour`, US dollars; one that never was costs nothing. */
export function costOfLife(ms: number, dollarsPerHour: number, least: LeastBill | null): number {
  if (ms <= 0 || dollarsPerHour <= 0) return 0
  const linear = (Math.max(ms, least?.ms ?? 0) * dollarsPerHour) / HOUR_MS
  return Math.max(linear, least?.dollars ?? 0)
}

/** Of that, what goes beyond its time. */
export function extraOfLife(ms: number, dollarsPerHour: number, least: LeastBill | null): number {
  return costOfLife(ms, dollarsPerHour, least) - costOfLife(ms, dollarsPerHour, null)
}

/** The calendar month (UTC) of an instant: `2026-01`. */
export function monthOf(at: number): string {
  const date = new Date(at)
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`
}

const HOUR_MS = 3_600_000

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `2026-01` → `January`. */
export function monthName(month: string): string {
  return MONTHS[Number(month.slice(5, 7)) - 1] ?? month
}

/** How near a limit is: `62 % used, 95 % projected`. */
export function capShare(cap: CostView['caps'][number]): string {
  const share = (part: number): string => (cap.limit > 0 ? percent(part / cap.limit) : cost(part))
  return cap.projected === null
    ? `${share(cap.used)} used`
    : `${share(cap.used)} used, ${share(cap.projected)} projected`
}

/** `$0.006 each`, or what the origin and a clone cost; `per`: for how long, where that is not said before. */
export function priceWords(prices: Prices, per = ''): string {
  const [own, clone] = [originPrice(prices), prices.dollarsPerHour]
  return own === clone
    ? `${dollars(clone)}${per} each`
    : `${dollars(own)}${per} for the origin and ${dollars(clone)} for each clone`
}

/** `3 droplets at $0.006/h`, or what the origin and a clone cost. */
export function dropletWords({ droplets, dollarsPerDroplet: clone, dollarsForOrigin: own = clone }: CostView): string {
  const count = plural(droplets, 'droplet')
  return own === clone
    ? `${count} at ${dollars(clone)}/h`
    : `${count}: the origin at ${dollars(own)}/h, each clone at ${dollars(clone)}/h`
}
