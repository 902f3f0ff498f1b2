import type { ChartSpec } from '../model/chart.ts'
import type { Stretch } from '../model/history.ts'
import type { PoolState } from './state.ts'

/** A range that ends this shortly ago ends now. */
const NOW_MS = 60_000

/**
 * How many members reported over a chart's range, where it changes, and how many there may be; a range that ends now ends
 * with how many are in service. null: nobody reported.
 */
export function memberCounts(
  { pool, members }: PoolState,
  stretches: readonly Stretch[],
  range: { readonly fromAt: number; readonly toAt: number },
  now: number,
): ChartSpec['counts'] {
  const at: number[] = []
  const value: number[] = []
  const add = (instant: number, count: number): void => {
    if (count === value.at(-1)) return
    at.push(instant)
    value.push(count)
  }
  for (const stretch of stretches) {
    // The roll-up in which the first report came is filled in part only.
    add(Math.max(range.fromAt, stretch.fromAt), Math.max(1, Math.round(stretch.members)))
  }
  if (at.length === 0) return null
  if (now - range.toAt < NOW_MS) add(range.toAt, members.filter(({ phase }) => phase === 'inService').length)
  return { at, value, most: pool.policy.max }
}
