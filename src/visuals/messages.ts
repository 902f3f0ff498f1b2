import type { About } from '../core/visual/drawing.ts'
import type { Order } from './kit/run.ts'

/** What the child is given before its first job. Paths are absolute. */
export interface Equipment {
  /** Scripts that define the kit, and each library by its name. */
  readonly kit: string
  readonly libraries: Readonly<Record<string, string>>
  /** `FontMetrics` as JSON. */
  readonly metrics: string
  readonly fontFiles: readonly string[]
  readonly heapMb: number
  /** Most characters of a picture. */
  readonly outputLength: number
}

/** One line to the child, JSON: first its equipment, then a job at a time. */
export interface Job {
  readonly source: string
  /** null: only what the module says of itself. */
  readonly order: Order | null
  /** Device pixels per px; null: no PNG. */
  readonly scale: number | null
}

/** One line from the child, JSON. `ready` answers the equipment. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'about'; readonly about: About }
  | {
      readonly kind: 'drawn'
      readonly about: About
      readonly svg: string
      readonly alt: string
      readonly leftOut: readonly string[]
      /** Base64; null: none was asked for. */
      readonly png: string | null
    }
  | Failure

/** The module did not draw, for a reason of its own. */
export interface Failure {
  readonly kind: 'failed'
  readonly why: string
  /** Where in the source; null: not known. Lines and columns count from 1. */
  readonly place: { readonly line: number; readonly column: number } | null
}

/** What came of a job: a picture, what the module says, or why the module failed. */
export type Outcome = Extract<Answer, { readonly kind: 'about' | 'drawn' | 'failed' }>
