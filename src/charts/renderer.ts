import type { ChartSpec, ChartTheme } from '../core/model/chart.ts'

export interface RenderOptions {
  readonly theme: ChartTheme
  /** CSS pixels; 540 × 300 unless given, and higher where the chart has two stats. */
  readonly width?: number
  readonly height?: number
  /** Device pixels per CSS pixel; 2.5 unless given. */
  readonly scale?: number
}

/** Draws a chart. */
export interface ChartRenderer {
  /**
   * PNG bytes of `width × scale` by `height × scale` pixels. Throws `SpinupError`: `badInput` for an impossible size,
   * `limited` when too many charts wait, `timeout` after the deadline, `unavailable` when the drawing broke or is closed.
   */
  render(spec: ChartSpec, options: RenderOptions): Promise<Uint8Array>
  /** Ends what is being drawn; waiting renders are rejected. */
  close(): Promise<void>
}

/** A chart's size where nothing else is asked for: laid out for 540 px, for chats show it 360 px wide, and sharp at twice that. */
export function sizeOf(
  spec: ChartSpec,
  { width = 540, height = spec.below === undefined ? 300 : 400, scale = 2.5 }: RenderOptions,
): { readonly width: number; readonly height: number; readonly scale: number } {
  return { width, height, scale }
}

/** What the renderer sends to its thread, and what comes back for the same `id`. */
export interface RenderJob {
  readonly id: number
  readonly spec: ChartSpec
  readonly options: RenderOptions
}

export type RenderAnswer =
  | { readonly id: number; readonly kind: 'drawn'; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string }
