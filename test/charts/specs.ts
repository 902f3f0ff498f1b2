import { createCanvas, loadImage } from '@napi-rs/canvas'
import type { ChartSpec } from '../../src/core/model/chart.ts'

export const FROM = Date.UTC(2026, 10, 22, 14)
export const MINUTE = 60_000

/** Half an hour of CPU, flat at 30 % unless told. */
export function chartSpec(changes: Partial<ChartSpec> = {}): ChartSpec {
  return {
    title: 'CPU of pool web',
    subtitle: 'mean of its members',
    stat: 'cpu',
    unit: 'fraction',
    fromAt: FROM,
    toAt: FROM + 30 * MINUTE,
    lines: [chartLine('web, mean', () => 0.3)],
    counts: null,
    target: null,
    events: [],
    ...changes,
  }
}

/** 121 points; `value` takes the share of the range, 0 to 1. */
export function chartLine(label: string, value: (share: number) => number | null): ChartSpec['lines'][number] {
  const shares = Array.from({ length: 121 }, (_, index) => index / 120)
  return { label, at: shares.map((share) => FROM + share * 30 * MINUTE), value: shares.map(value) }
}

/** The pixels of a PNG. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** How many pixels in a box are near `#rrggbb`; the whole picture unless told. */
  count(colour: string, box?: Box): number
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export async function pixelsOf(png: Uint8Array): Promise<Pixels> {
  const image = await loadImage(Buffer.from(png))
  const { width, height } = image
  const context = createCanvas(width, height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, width, height)
  return {
    width,
    height,
    count: (colour, box = { x: 0, y: 0, width, height }) => {
      const wanted = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16))
      let found = 0
      for (let y = Math.round(box.y); y < Math.round(box.y + box.height); y++) {
        for (let x = Math.round(box.x); x < Math.round(box.x + box.width); x++) {
          const at = (y * width + x) * 4
          if (wanted.every((part, index) => Math.abs((data[at + index] ?? -99) - part) < 10)) found += 1
        }
      }
      return found
    },
  }
}

/** A colour of that opacity, 0 to 1, on a ground; all `#rrggbb`. */
export function over(colour: string, opacity: number, ground: string): string {
  const part = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16)
  const mixed = [1, 3, 5].map((at) => Math.round(part(colour, at) * opacity + part(ground, at) * (1 - opacity)))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
