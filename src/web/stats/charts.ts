import type { ChartTheme } from '../../core/model/chart.ts'
import type { TimeZone } from '../../core/model/time-zone.ts'
import type { StatsColours, StatsPool } from '../../core/model/stats-page.ts'
import { createChart, inksOf, type Chart, type ChartOptions, type Inks } from './chart.ts'
import type { Loaded } from './data.ts'
import { statDrawing, strip } from './drawing.ts'
import type { Drawing } from './drawn.ts'
import type { Span, View } from './view.ts'

/** All charts of the page: one cursor, one range. */
export interface Charts {
  draw(view: View, loaded: Loaded, pool: StatsPool, of: { readonly theme: ChartTheme; readonly zone: TimeZone }): void
  /** The cursor, epoch ms; null: nowhere. */
  point(at: number | null): void
  select(span: Span | null): void
}

const HEIGHTS = { alone: 380, several: 220, strip: 92 }

export function createCharts(
  root: HTMLElement,
  palettes: Readonly<Record<ChartTheme, StatsColours>>,
  handlers: Pick<ChartOptions, 'hover' | 'zoom' | 'back' | 'pick'>,
): Charts {
  const charts = new Map<string, Chart>()
  let inks: { readonly theme: ChartTheme; readonly inks: Inks } | null = null

  return {
    draw(view, loaded, pool, { theme, zone }) {
      if (inks?.theme !== theme) inks = { theme, inks: inksOf(root) }
      const shared = { ...handlers, zone, inks: inks.inks, axis: true, scale: 1 }
      const wanted = new Set<string>()
      const alone = view.stats.length === 1
      const one = (element: HTMLElement, unit: ChartOptions['unit'], height: number, drawing: Drawing): void => {
        const key = `${theme} ${pool.id} ${height} ${unit}`
        wanted.add(key)
        const chart = charts.get(key) ?? createChart(element, { ...shared, unit, height })
        charts.set(key, chart)
        chart.draw(drawing, { fromAt: loaded.fromAt, toAt: loaded.toAt })
      }
      for (const element of root.querySelectorAll<HTMLElement>('[data-plot]')) {
        const stat = element.dataset['plot'] ?? ''
        const drawing = statDrawing(stat, view, loaded, pool, palettes[theme])
        one(element, stat, alone ? HEIGHTS.alone : HEIGHTS.several, drawing)
      }
      for (const element of root.querySelectorAll<HTMLElement>('[data-strip]')) {
        const name = element.dataset['strip'] === 'members' ? 'members' : 'cost'
        one(element, name === 'members' ? 'count' : 'money', HEIGHTS.strip, strip(name, loaded, palettes[theme]))
      }
      for (const [key, chart] of charts) {
        if (wanted.has(key)) continue
        chart.destroy()
        charts.delete(key)
      }
    },
    point(at) {
      for (const chart of charts.values()) chart.point(at)
    },
    select(span) {
      for (const chart of charts.values()) chart.select(span)
    },
  }
}
