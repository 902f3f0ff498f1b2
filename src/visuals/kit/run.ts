import type { Library, VisualData, VisualOptions } from '../../core/visual/visual.ts'
import type { FontMetrics } from '../font.ts'
import { visualOf } from './about.ts'
import { createKit, type Canvas } from './kit.ts'
import { svgOf } from './svg.ts'

// Runs in the isolate, beside the team's code, which may change every object it shares with this: what it does to itself.

export interface Order {
  readonly data: VisualData
  readonly options: VisualOptions
  readonly canvas: Canvas
}

/** A finished picture: SVG, and what is on it in words, empty where the module does not say. */
export interface Drawn {
  readonly svg: string
  readonly alt: string
}

/** `Drawn` as JSON; `order` and `metrics` are JSON too. */
export async function draw(
  module: unknown,
  order: string,
  metrics: string,
  loaded: Record<string, Library>,
): Promise<string> {
  const visual = visualOf(module)
  const { data, options, canvas } = JSON.parse(order) as Order
  const kit = createKit(canvas, data.timeZone, JSON.parse(metrics) as FontMetrics, loaded)
  const all = { ...visual.options, ...options }
  const picture = await visual.draw(data, all, kit)
  if (typeof picture !== 'string' && !Array.isArray(picture)) {
    throw new TypeError(
      `draw gave ${picture === null ? 'null' : typeof picture}; it gives SVG as text, or a list of marks`,
    )
  }
  const svg = typeof picture === 'string' ? picture : `<svg xmlns="http://www.w3.org/2000/svg">${svgOf(picture)}</svg>`
  const drawn: Drawn = { svg, alt: `${visual.describe?.(data, all, kit) ?? ''}`.slice(0, 1000) }
  return JSON.stringify(drawn)
}
