import type { About } from './drawing.ts'
import type { OwnVisual } from './library.ts'

// What the bot answers to its page and to programs, as JSON.

/** A visualisation that may be shown; `version` null: it is shipped. */
export interface ListedVisual {
  readonly name: string
  readonly about: About
  readonly version: number | null
}

/** All that a team can draw, of what, and where it can be shown: in the asker's own channel first. */
export interface VisualsListed {
  readonly visuals: readonly ListedVisual[]
  readonly pools: readonly {
    readonly name: string
    readonly stats: readonly string[]
    readonly texts: readonly string[]
  }[]
  readonly places: readonly { readonly id: string; readonly label: string }[]
}

/** A team's own, newest version first, with the source of one of them. */
export interface VisualKept {
  readonly name: string
  readonly source: string
  readonly versions: OwnVisual['versions']
}

/** `changed` false: that is what it was already. */
export interface Saved {
  readonly name: string
  readonly version: number
  readonly changed: boolean
}

/** What came of trying a module: `png` is base64; or what is wrong, and where (from 1; null: not known). */
export type Attempted =
  | {
      readonly drawn: {
        readonly png: string
        readonly alt: string
        readonly leftOut: readonly string[]
        readonly about: About
      }
    }
  | { readonly problem: { readonly message: string; readonly line: number | null; readonly column: number | null } }
