import { LIBRARIES, type Library, type Visual, type VisualData, type VisualOptions } from '../../core/visual/visual.ts'
import type { FontMetrics } from '../font.ts'
import { createKit, type Canvas } from './kit.ts'
import { svgOf } from './svg.ts'

// Runs in the isolate, beside the team's code, which may change every object it shares with this: what it does to itself.

/** What a module says of itself. */
export interface About {
  readonly title: string
  readonly summary: string
  readonly needs: Visual['needs']
  readonly libraries: readonly string[]
  readonly options: VisualOptions
  readonly height: number
}

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

/** `About` of a module's default export, as JSON. Throws what is wrong with it, in words. */
export function aboutOf(module: unknown): string {
  const visual = visualOf(module)
  const unknown = (visual.libraries ?? []).find((name) => !LIBRARIES.includes(name))
  if (unknown !== undefined) throw new Error(`there is no library ${unknown}; there are ${LIBRARIES.join(', ')}`)
  const about: About = {
    title: `${visual.title}`.slice(0, 120),
    summary: `${visual.summary ?? ''}`.slice(0, 200),
    needs: visual.needs,
    libraries: visual.libraries ?? [],
    options: visual.options ?? {},
    height: Math.min(600, Math.max(120, Number(visual.height ?? 360) || 360)),
  }
  return JSON.stringify(about)
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

function visualOf(module: unknown): Visual {
  const visual = module as Partial<Visual> | null | undefined
  if (typeof visual !== 'object' || visual === null) throw new TypeError('the module has no `export default { … }`')
  if (typeof visual.title !== 'string' || visual.title.trim() === '') throw new TypeError('it has no title')
  if (typeof visual.needs !== 'object' || visual.needs === null) throw new TypeError('it has no needs')
  if (typeof visual.draw !== 'function') throw new TypeError('it has no draw(data, options, kit)')
  // Each part was looked at.
  return visual as Visual
}
