import { html, nothing, svg } from 'lit-html'
import type { TemplateResult } from 'lit-html'
import { TRAIL_MS } from '../../core/model/live.ts'

const WIDTH = 180
const HEIGHT = 36
/** Points further apart than this are not joined: nobody was looking in between. */
const GAP_MS = 5000

/** The last three minutes up to `now` as a line over its area; `ceiling` is the least value of the top edge. */
export function sparkline(
  points: readonly (readonly [at: number, value: number | null])[],
  options: { readonly now: number; readonly ceiling: number; readonly target: number | null; readonly label: string },
): TemplateResult | typeof nothing {
  const known = points.filter((point): point is readonly [number, number] => point[1] !== null)
  const top = Math.max(options.ceiling, ...known.map(([, value]) => value)) * 1.05 || 1
  const x = (at: number): string => ((1 - (options.now - at) / TRAIL_MS) * WIDTH).toFixed(1)
  const y = (value: number): string => (HEIGHT - 1 - (value / top) * (HEIGHT - 3)).toFixed(1)
  const runs: (readonly (readonly [number, number])[])[] = []
  let run: (readonly [number, number])[] = []
  for (const point of known) {
    const last = run.at(-1)
    if (last !== undefined && point[0] - last[0] > GAP_MS) {
      runs.push(run)
      run = []
    }
    run.push(point)
  }
  runs.push(run)
  const lines = runs.filter((each) => each.length > 1)
  const path = (each: readonly (readonly [number, number])[]): string =>
    each.map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('')
  return html`<svg
    class="sparkline"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label=${options.label}
  >
    ${
      options.target === null
        ? nothing
        : svg`<line class="spark-target" x1="0" x2=${WIDTH} y1=${y(options.target)} y2=${y(options.target)} />`
    }
    ${lines.map((each) => {
      const [first, last] = [each[0], each.at(-1)]
      if (first === undefined || last === undefined) return nothing
      return svg`<path class="spark-area" d="${path(each)}L${x(last[0])} ${HEIGHT}L${x(first[0])} ${HEIGHT}Z" /><path class="spark-line" d=${path(each)} />`
    })}
  </svg>`
}
