import type { ChartSpec, ChartTheme } from '../core/model/chart.ts'

export interface RenderOptions {
  readonly theme: ChartTheme
  /** CSS pixels; 800 × 360 unless given. */
  readonly width?: number
  readonly height?: number
  /** Device pixels per CSS pixel; 2 unless given. */
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

export const DEFAULT_SIZE = { width: 800, height: 360, scale: 2 }
