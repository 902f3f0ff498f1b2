import type { VisualData, VisualOptions } from './visual.ts'

/** A visualisation to be drawn: a team's own by its source, a built-in by its name. */
export interface VisualSpec {
  readonly kind: 'visual'
  readonly title: string
  readonly visual: { readonly name: string } | { readonly source: string }
  readonly data: VisualData
  readonly options: VisualOptions
}
