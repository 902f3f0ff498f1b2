import type { WhatIfOutcome, WhatIfView } from './view.ts'
import { dollars, duration, plainNumber } from './words.ts'

/** One line of the comparison, in words. */
export interface WhatIfRow {
  readonly name: string
  readonly recorded: string
  readonly present: string
  readonly changed: string
  /** How the changed policy does beside the present one. */
  readonly verdict: 'better' | 'worse' | 'same'
}

/** The comparison as every platform shows it. */
export function whatIfRows(view: WhatIfView): readonly WhatIfRow[] {
  return [
    row(
      view,
      'Overloaded',
      (of) => of.overloadedMs,
      (ms) => (ms === 0 ? 'never' : duration(ms)),
    ),
    row(view, 'Droplet-hours', (of) => of.dropletHours, plainNumber),
    row(view, 'Cost', (of) => of.dollars, dollars),
    row(view, 'Most droplets', (of) => of.peak, String),
    row(view, 'Changes of size', (of) => of.changes, String),
  ]
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
  const verdict = present === changed ? 'same' : less ? 'better' : 'worse'
  return { name, recorded: shown(view.recorded), present, changed, verdict }
}
