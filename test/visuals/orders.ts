import type { VisualData } from '../../src/core/visual/visual.ts'
import type { Order } from '../../src/visuals/kit/run.ts'

/** A pool of nothing, to draw from. */
export const EMPTY: VisualData = {
  pool: 'web',
  timeZone: 'Europe/Berlin',
  fromAt: Date.UTC(2026, 10, 2),
  toAt: Date.UTC(2026, 10, 3),
  series: [],
  tags: [],
  members: { at: [], value: [], most: 5 },
  events: [],
  cost: [],
}

/** An order of the usual size, in the dark. */
export function orderOf(data: VisualData = EMPTY, options: Order['options'] = {}): Order {
  return { data, options, canvas: { theme: 'dark', width: 540, height: 360 } }
}
