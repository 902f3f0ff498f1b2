import type { ChartSpec } from '../core/model/chart.ts'
import type { RenderOptions } from './renderer.ts'

/** What the renderer sends to its thread, and what comes back for the same `id`. */
export interface RenderJob {
  readonly id: number
  readonly spec: ChartSpec
  readonly options: RenderOptions
}

export type RenderAnswer =
  | { readonly id: number; readonly kind: 'drawn'; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string }
