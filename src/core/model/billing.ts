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
