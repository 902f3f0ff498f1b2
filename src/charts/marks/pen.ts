import type { Plugin } from 'chart.js'
import { FONT_FAMILY } from '../text.ts'
import { faded, type Palette } from '../palette.ts'
import type { ChartPlan } from '../chart-config.ts'

/** The part of a canvas context that marks draw with. */
export interface Pen {
  fillStyle: unknown
  strokeStyle: unknown
  lineWidth: number
  lineJoin: string
  font: string
  textAlign: string
  textBaseline: string
  save(): void
  restore(): void
  beginPath(): void
  closePath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  arc(x: number, y: number, radius: number, from: number, to: number): void
  fill(): void
  stroke(): void
  fillRect(x: number, y: number, width: number, height: number): void
  setLineDash(segments: number[]): void
  fillText(text: string, x: number, y: number): void
  strokeText(text: string, x: number, y: number): void
  measureText(text: string): { readonly width: number }
  createLinearGradient(x0: number, y0: number, x1: number, y1: number): Gradient
}

export interface Gradient {
  addColorStop(offset: number, colour: string): void
}

/** The pen of a chart: this project is checked without the DOM's types, so Chart.js's context has none. */
export function penOf(chart: { readonly ctx: unknown }): Pen {
  return chart.ctx as Pen
}

export function fontOf(size: number, weight: number): string {
  return `normal ${weight} ${size}px ${FONT_FAMILY}`
}

/** Text with a rim in the background's colour, so that lines under it don't cross its letters. */
export function haloText(pen: Pen, text: string, x: number, y: number, colour: string, background: string): void {
  pen.lineWidth = 4
  pen.lineJoin = 'round'
  pen.strokeStyle = background
  pen.strokeText(text, x, y)
  pen.fillStyle = colour
  pen.fillText(text, x, y)
}

/** The picture's ground, and a soft gradient under a line that stands alone without a band. */
export function areaMark(palette: Palette): Plugin<'line'> {
  return {
    id: 'area',
    beforeDraw: (chart) => {
      const pen = penOf(chart)
      pen.save()
      pen.fillStyle = palette.background
      pen.fillRect(0, 0, chart.width, chart.height)
      pen.restore()
    },
    afterLayout: (chart) => {
      for (const dataset of chart.data.datasets) {
        const scale = chart.scales[dataset.yAxisID ?? '']
        if (dataset.fill !== 'origin' || dataset.yAxisID === 'count' || scale === undefined) continue
        const gradient = penOf(chart).createLinearGradient(0, scale.top, 0, scale.bottom)
        gradient.addColorStop(0, faded(String(dataset.borderColor), 0.3))
        gradient.addColorStop(1, faded(String(dataset.borderColor), 0.02))
        // Chart.js takes any gradient the canvas itself made.
        Object.assign(dataset, { backgroundColor: gradient })
      }
    },
  }
}

/** The words inside the plot: which stat it is, that it is empty, and what the strip of steps counts. */
export function captionMarks({ marks, text }: ChartPlan, palette: Palette): Plugin<'line'> {
  return {
    id: 'captions',
    afterDatasetsDraw: (chart) => {
      const { left, right } = chart.chartArea
      const pen = penOf(chart)
      const corner = (words: string, top: number, colour: string, weight: number): void => {
        pen.font = fontOf(text, weight)
        pen.textAlign = 'left'
        pen.textBaseline = 'top'
        haloText(pen, words, left + 6, top, colour, palette.background)
      }
      pen.save()
      for (const { axis, caption, empty } of marks.panels) {
        const scale = chart.scales[axis]
        if (scale === undefined) continue
        if (caption !== '') corner(caption, scale.top + 2, palette.textSoft, 600)
        if (empty === null) continue
        pen.font = fontOf(text, 500)
        pen.textAlign = 'center'
        pen.textBaseline = 'middle'
        // Between two grid lines.
        const middle = scale.top + (scale.bottom - scale.top) * 0.625
        haloText(pen, empty, (left + right) / 2, middle, palette.textFaint, palette.background)
      }
      const strip = chart.scales['count']
      if (marks.countCaption !== null && strip !== undefined) {
        corner(marks.countCaption, strip.top + text * 0.35, palette.textFaint, 500)
      }
      pen.restore()
    },
  }
}
