import { originPrice, type Prices } from './billing.ts'
import type { CostView } from './view.ts'
import { dollars, percent, plural } from './words.ts'

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
  const share = (part: number): string => (cap.limit > 0 ? percent(part / cap.limit) : dollars(part))
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
