import type { CostView } from './view.ts'
import { dollars, percent } from './words.ts'

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
