import type { About, Problem } from '../core/visual/drawing.ts'
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
  | Problem

/** What came of a job: a picture, what the module says, or why the module failed. */
export type Outcome = Extract<Answer, { readonly kind: 'about' | 'drawn' | 'failed' }>

/** Where a module's text says what it exports, from 1: what is missing in that is missing there. */
export function exportOf(source: string): { readonly line: number; readonly column: number } {
  const line = source.split('\n').findIndex((text) => /^\s*export\b/.test(text))
  return { line: Math.max(0, line) + 1, column: 1 }
}
