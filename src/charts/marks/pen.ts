import { FONT_FAMILY } from '../font-family.ts'

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
