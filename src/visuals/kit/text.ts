import type { FontMetrics, Glyph } from '../font.ts'

/** Of a letter that the font does not have. */
const UNKNOWN: Glyph = [0.6, 0.73, -0.2]

export interface Ruler {
  measure(text: string, size: number, weight?: number): number
  fit(text: string, width: number, size: number, weight?: number): string
  canvas(): WordCanvas
}

/** Measures text in the shipped font; kerning, a hundredth of a width, is left out. */
export function createRuler(metrics: FontMetrics): Ruler {
  const glyph = (letter: string, weight: number): Glyph => {
    const table = weight >= 600 ? metrics.bold : metrics.regular
    return (Object.hasOwn(table, letter) ? table[letter] : undefined) ?? UNKNOWN
  }
  const measure = (text: string, size: number, weight = 400): number => {
    let width = 0
    for (const letter of text) width += glyph(letter, weight)[0]
    return width * size
  }
  return {
    measure,
    fit: (text, width, size, weight = 400) => {
      if (measure(text, size, weight) <= width) return text
      const letters = [...text]
      let rest = width - measure('…', size, weight)
      let count = 0
      while (count < letters.length && rest >= 0) rest -= measure(letters[count++] ?? '', size, weight)
      const cut = letters
        .slice(0, Math.max(0, count - 1))
        .join('')
        .trimEnd()
      return cut === '' ? '' : `${cut}…`
    },
    canvas: () => createWordCanvas(glyph),
  }
}

/** As much of a canvas as d3-cloud asks for: words as boxes of their letters, read back as the pixels' red. */
interface WordCanvas {
  width: number
  height: number
  getContext(): unknown
}

type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

function createWordCanvas(glyph: (letter: string, weight: number) => Glyph): WordCanvas {
  let pixels = new Uint8Array(4)
  const size = { width: 1, height: 1 }
  let matrix: Matrix = [1, 0, 0, 1, 0, 0]
  const saved: Matrix[] = []

  const fill = (left: number, top: number, right: number, bottom: number): void => {
    const [a, b, c, d, e, f] = matrix
    const xs = [a * left + c * top, a * right + c * top, a * right + c * bottom, a * left + c * bottom]
    const ys = [b * left + d * top, b * right + d * top, b * right + d * bottom, b * left + d * bottom]
    const [minX, maxX] = [Math.max(0, Math.floor(e + Math.min(...xs))), Math.min(size.width, e + Math.max(...xs))]
    const [minY, maxY] = [Math.max(0, Math.floor(f + Math.min(...ys))), Math.min(size.height, f + Math.max(...ys))]
    const upright = b === 0 && c === 0
    const inside = (x: number, y: number): boolean => {
      // Where the pixel's middle lies in the word's own directions.
      const [dx, dy] = [x + 0.5 - e, y + 0.5 - f]
      const [u, v] = [d * dx - c * dy, a * dy - b * dx]
      return u >= left - 0.5 && u <= right + 0.5 && v >= top - 0.5 && v <= bottom + 0.5
    }
    for (let y = minY; y < maxY; y++) {
      for (let x = minX; x < maxX; x++) {
        if (upright || inside(x, y)) pixels[(y * size.width + x) * 4] = 255
      }
    }
  }

  const context = {
    font: '10px Inter',
    lineWidth: 1,
    save: () => void saved.push(matrix),
    restore: () => {
      matrix = saved.pop() ?? matrix
    },
    translate: (x: number, y: number) => {
      const [a, b, c, d, e, f] = matrix
      matrix = [a, b, c, d, a * x + c * y + e, b * x + d * y + f]
    },
    rotate: (angle: number) => {
      const [a, b, c, d, e, f] = matrix
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
      matrix = [a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f]
    },
    clearRect: () => void pixels.fill(0),
    measureText: (text: string) => {
      const { px, weight } = fontOf(context.font)
      return { width: [...text].reduce((sum, letter) => sum + glyph(letter, weight)[0] * px, 0) }
    },
    fillText: (text: string, x: number, y: number, around = 0) => {
      const { px, weight } = fontOf(context.font)
      let at = x
      for (const letter of text) {
        const [advance, top, bottom] = glyph(letter, weight)
        fill(at - around, y - top * px - around, at + advance * px + around, y - bottom * px + around)
        at += advance * px
      }
    },
    // The padding around a word is drawn as its outline.
    strokeText: (text: string, x: number, y: number) => context.fillText(text, x, y, context.lineWidth / 2),
    // It only ever asks for all of it, and once for a single pixel.
    getImageData: (_x: number, _y: number, across: number, down: number) => ({
      data: pixels.subarray(0, across * down * 4),
    }),
  }
  const resized = (change: Partial<typeof size>): void => {
    Object.assign(size, change)
    const length = size.width * size.height * 4
    // Made small and large again for every cloud: 16 MB each time would be all the memory there is.
    if (length > pixels.length) pixels = new Uint8Array(length)
    else pixels.fill(0)
    matrix = [1, 0, 0, 1, 0, 0]
  }
  return {
    get width() {
      return size.width
    },
    set width(width) {
      resized({ width })
    },
    get height() {
      return size.height
    },
    set height(height) {
      resized({ height })
    },
    getContext: () => context,
  }
}

/** `normal bold 24px Inter`, as d3-cloud writes it. */
function fontOf(font: string): { readonly px: number; readonly weight: number } {
  return { px: Number(/([\d.]+)px/.exec(font)?.[1] ?? 10), weight: /\bbold\b|\b[6-9]00\b/.test(font) ? 700 : 400 }
}
