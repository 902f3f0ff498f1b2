import type { WhatIfOutcome, WhatIfView } from './view.ts'
import { dollars, duration, plainNumber } from './words.ts'

/** One line of the comparison, in words. */
export interface WhatIfRow {
  readonly name: string
  readonly recorded: string
  readonly present: string
  readonly changed: string
  /** How the changed policy does beside the present one. */
  readonly verdict: 'better' | 'worse' | 'neutral'
}

/** The comparison as every platform shows it. */
export function whatIfRows(view: WhatIfView): readonly WhatIfRow[] {
  const priced = [view.recorded, view.present, view.changed].some((of) => of.dollars > 0)
  const slow = (ms: number): string => (ms === 0 ? 'never' : duration(ms))
  return [
    row(view, 'Overloaded', (of) => of.overloadedMs, slow),
    row(view, 'Droplet-hours', (of) => of.dropletHours, plainNumber),
    ...(priced ? [row(view, 'Cost', (of) => of.dollars, cost)] : []),
    // More droplets at most, or more changes, are good or bad for what they cost and spare, which is shown above.
    { ...row(view, 'Most in service', (of) => of.peak, String), verdict: 'neutral' },
    { ...row(view, 'Changes of size', (of) => of.changes, String), verdict: 'neutral' },
  ]
}

/** To the cent, or where it is no more than some cents to two digits. */
export function cost(amount: number): string {
  return dollars(amount >= 0.1 ? Math.round(amount * 100) / 100 : Number(amount.toPrecision(2)))
}

function row(
  view: WhatIfView,
  name: string,
  pick: (of: WhatIfOutcome) => number | null,
  words: (value: number) => string,
): WhatIfRow {
  const shown = (of: WhatIfOutcome): string => {
    const value = pick(of)
    return value === null ? '–' : words(value)
  }
  const [present, changed] = [shown(view.present), shown(view.changed)]
  // What reads the same is the same.
  const less = (pick(view.changed) ?? 0) < (pick(view.present) ?? 0)
  const verdict = present === changed ? 'neutral' : less ? 'better' : 'worse'
  return { name, recorded: shown(view.recorded), present, changed, verdict }
}
