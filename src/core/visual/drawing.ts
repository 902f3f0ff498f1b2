import type { ChartTheme } from '../model/chart.ts'
import type { LibraryName, VisualData, VisualNeeds, VisualOptions } from './visual.ts'

/** What a module says of itself. */
export interface About {
  readonly title: string
  readonly summary: string
  readonly needs: VisualNeeds
  readonly libraries: readonly LibraryName[]
  readonly options: VisualOptions
  /** px of a picture that is 540 wide. */
  readonly height: number
}

/** One that is shipped, by the name it is asked for. */
export interface NamedVisual {
  readonly name: string
  readonly about: About
}

/** Why a module drew nothing, for a reason of its own; `place`: where in its source, both from 1, null where that is not known. */
export interface Problem {
  readonly kind: 'failed'
  readonly why: string
  readonly place: { readonly line: number; readonly column: number } | null
}

/** A picture as it is tried out. */
export interface Drawing {
  readonly kind: 'drawn'
  readonly png: Uint8Array
  /** What is on it in words; empty where the module does not say. */
  readonly alt: string
  /** What was left out of its SVG, as it is not allowed: elements, attributes. */
  readonly leftOut: readonly string[]
}

/** A visualisation with its data, as it is kept so that each platform and theme draws its own picture. */
export interface VisualSpec {
  readonly kind: 'visual'
  readonly name: string
  /** The module's text; absent: the one of that name that is shipped. */
  readonly source?: string
  /** Whose data it is: no process ever draws for two. */
  readonly tenant: string | null
  readonly height: number
  readonly data: VisualData
  readonly options: VisualOptions
}

/** Draws visualisations, in processes that can do nothing else. Throws `SpinupError`; `unavailable` where it cannot be done here. */
export interface Visuals {
  /** Names alone, as one types them. */
  readonly names: readonly string[]
  all(): Promise<readonly NamedVisual[]>
  /** Draws it without keeping the picture: what is on it in words. Throws `badInput` with what the module broke off with. */
  describe(spec: VisualSpec): Promise<string>
  /** The same while it is written: with what is wrong with it. */
  attempt(spec: VisualSpec, theme: ChartTheme): Promise<Drawing | Problem>
  /** What a team's module says of itself. */
  check(tenant: string | null, source: string): Promise<About | Problem>
  /** PNG bytes. */
  png(spec: VisualSpec, theme: ChartTheme): Promise<Uint8Array>
  close(): Promise<void>
}
