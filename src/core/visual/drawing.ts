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

/** A visualisation with its data, as it is kept so that each platform and theme draws its own picture. */
export interface VisualSpec {
  readonly kind: 'visual'
  readonly name: string
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
  /** PNG bytes. */
  png(spec: VisualSpec, theme: ChartTheme): Promise<Uint8Array>
  close(): Promise<void>
}
