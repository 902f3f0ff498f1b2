import { crc32, deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MOST_COLOURS = 256

/**
 * The PNG of opaque pixels (RGBA, row by row), with at most 256 colours: a third of what one with all colours takes, in
 * less time. A chart has few colours; of the shades at the edges of its lines the rarest become the nearest of the others.
 */
export function encodePng(pixels: Uint8ClampedArray, width: number, height: number): Uint8Array<ArrayBuffer> {
  const { colours, counts, which } = coloursOf(new Uint32Array(pixels.buffer, pixels.byteOffset, width * height))
  const { palette, places } = reduce(colours, counts)
  // A byte before each row says that it is not filtered.
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = y * (width + 1) + 1
    for (let x = 0; x < width; x += 1, at += 1) rows[row + x] = places[which[at] ?? 0] ?? 0
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits a pixel, each the place of its colour in the palette.
  header.set([8, 3, 0, 0, 0], 8)
  const parts = [
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(partsOf))),
    chunk('IDAT', deflateSync(rows, { level: 7 })),
    chunk('IEND', Buffer.alloc(0)),
  ]
  const png = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    png.set(part, at)
    at += part.length
  }
  return png
}

/** The different colours of all pixels, how many have each, and which of them each pixel has. */
function coloursOf(pixels: Uint32Array): {
  readonly colours: readonly number[]
  readonly counts: readonly number[]
  readonly which: Uint32Array
} {
  const [colours, counts]: [number[], number[]] = [[], []]
  const known = new Map<number, number>()
  const which = new Uint32Array(pixels.length)
  let [last, place] = [-1, 0]
  for (let at = 0; at < pixels.length; at += 1) {
    const colour = pixels[at] ?? 0
    if (colour !== last) {
      last = colour
      place = known.get(colour) ?? colours.length
      if (place === colours.length) {
        known.set(colour, place)
        colours.push(colour)
        counts.push(0)
      }
    }
    which[at] = place
    counts[place] = (counts[place] ?? 0) + 1
  }
  return { colours, counts, which }
}

/** So many places go to the most frequent colour of each part of all colours there are, so that no hue is lost. */
const MOST_HUES = 128

/** The most frequent colours, and for each of all the place of the one nearest to it. */
function reduce(
  colours: readonly number[],
  counts: readonly number[],
): { readonly palette: readonly number[]; readonly places: Uint8Array } {
  const byCount = colours.map((_, index) => index).toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0))
  const hues = new Map<number, number>()
  for (const index of byCount) {
    const hue = (colours[index] ?? 0) & 0xe0e0e0
    if (!hues.has(hue) && hues.size < MOST_HUES) hues.set(hue, index)
  }
  const ranked = [...new Set([...hues.values(), ...byCount])]
  const palette = ranked.slice(0, MOST_COLOURS).map((index) => colours[index] ?? 0)
  const parts = palette.map(partsOf)
  const places = new Uint8Array(colours.length)
  // Looked for once for all colours that differ by less than the eye sees.
  const found = new Map<number, number>()
  for (const [rank, index] of ranked.entries()) {
    const colour = colours[index] ?? 0
    if (rank < MOST_COLOURS) {
      places[index] = rank
      continue
    }
    const alike = colour & 0xf8f8f8
    const place = found.get(alike) ?? nearest(partsOf(colour), parts)
    found.set(alike, place)
    places[index] = place
  }
  return { palette, places }
}

function nearest([red, green, blue]: Parts, palette: readonly Parts[]): number {
  let best = 0
  let least = Infinity
  for (let place = 0; place < palette.length; place += 1) {
    const [r, g, b] = palette[place]!
    const far = 2 * (r - red) ** 2 + 4 * (g - green) ** 2 + 3 * (b - blue) ** 2
    if (far >= least) continue
    best = place
    least = far
  }
  return best
}

type Parts = readonly [red: number, green: number, blue: number]

/** Of a pixel as little-endian machines read its four bytes at once. */
function partsOf(colour: number): Parts {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255]
}

function chunk(type: string, data: Buffer): Buffer {
  const part = Buffer.alloc(12 + data.length)
  part.writeUInt32BE(data.length, 0)
  part.write(type, 4, 'latin1')
  part.set(data, 8)
  part.writeUInt32BE(crc32(part.subarray(4, 8 + data.length)), 8 + data.length)
  return part
}
