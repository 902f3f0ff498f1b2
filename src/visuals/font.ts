import { readFile } from 'node:fs/promises'
import { inflateSync } from 'node:zlib'
import { FONT_PARTS } from '../charts/text.ts'

/** Of a letter, in parts of the font's size: its advance, and how far it reaches above and below the line. */
export type Glyph = readonly [advance: number, top: number, bottom: number]

/** Letters' sizes by letter, of both weights. */
export interface FontMetrics {
  readonly regular: Readonly<Record<string, Glyph>>
  readonly bold: Readonly<Record<string, Glyph>>
}

/** The shipped font as TrueType files, Latin first, for the rasteriser reads no WOFF; and its letters' sizes. */
export async function readFonts(): Promise<{ readonly files: readonly Buffer[]; readonly metrics: FontMetrics }> {
  const read = (weight: 400 | 700): Promise<readonly Font[]> =>
    Promise.all(
      FONT_PARTS.map(async ({ subset }) => {
        const url = import.meta.resolve(`@fontsource/inter/files/inter-${subset}-${weight}-normal.woff`)
        return unwrap(await readFile(new URL(url)))
      }),
    )
  const [regular, bold] = await Promise.all([read(400), read(700)])
  return { files: [...regular, ...bold].map(toFile), metrics: { regular: glyphsOf(regular), bold: glyphsOf(bold) } }
}

type Font = ReadonlyMap<string, Buffer>

/** WOFF 1.0: a directory of tables, each deflated where that is shorter. */
function unwrap(woff: Buffer): Font {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('the shipped font is no WOFF file')
  const tables = new Map<string, Buffer>()
  for (let index = 0; index < woff.readUInt16BE(12); index++) {
    const entry = 44 + 20 * index
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field)) as [
      number,
      number,
      number,
    ]
    const bytes = woff.subarray(offset, offset + packed)
    tables.set(woff.toString('latin1', entry, entry + 4), packed < length ? inflateSync(bytes) : bytes)
  }
  return tables
}

function toFile(font: Font): Buffer {
  const head = Buffer.alloc(12 + 16 * font.size)
  const power = Math.floor(Math.log2(font.size))
  head.writeUInt32BE(0x00010000, 0)
  head.writeUInt16BE(font.size, 4)
  head.writeUInt16BE(16 * 2 ** power, 6)
  head.writeUInt16BE(power, 8)
  head.writeUInt16BE(16 * (font.size - 2 ** power), 10)
  const parts: Buffer[] = [head]
  let offset = head.length
  for (const [index, [tag, bytes]] of [...font].entries()) {
    const padding = (4 - (bytes.length % 4)) % 4
    // Nobody who reads it looks at the checksum.
    head.write(tag, 12 + 16 * index, 'latin1')
    head.writeUInt32BE(offset, 12 + 16 * index + 8)
    head.writeUInt32BE(bytes.length, 12 + 16 * index + 12)
    parts.push(bytes, Buffer.alloc(padding))
    offset += bytes.length + padding
  }
  return Buffer.concat(parts)
}

function glyphsOf(fonts: readonly Font[]): Readonly<Record<string, Glyph>> {
  const found: Record<string, Glyph> = {}
  for (const font of fonts) {
    const table = (tag: string): Buffer => font.get(tag) ?? Buffer.alloc(64)
    const unit = table('head').readUInt16BE(18)
    const long = table('head').readInt16BE(50) === 1
    const advances = table('hhea').readUInt16BE(34)
    const place = (glyph: number): number =>
      long ? table('loca').readUInt32BE(4 * glyph) : 2 * table('loca').readUInt16BE(2 * glyph)
    for (const [code, glyph] of codesOf(table('cmap'))) {
      const letter = String.fromCodePoint(code)
      if (Object.hasOwn(found, letter)) continue
      const advance = table('hmtx').readUInt16BE(4 * Math.min(glyph, advances - 1)) / unit
      const [from, to] = [place(glyph), place(glyph + 1)]
      // A letter without a shape is a space.
      const reach = (field: number): number => (from === to ? 0 : table('glyf').readInt16BE(from + field) / unit)
      found[letter] = [rounded(advance), rounded(reach(8)), rounded(reach(4))]
    }
  }
  return found
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

/** Code points and their glyphs; of format 4, which every font has. */
function* codesOf(cmap: Buffer): Generator<readonly [code: number, glyph: number]> {
  const at = cmap.readUInt32BE(8)
  const segments = cmap.readUInt16BE(at + 6) / 2
  for (let index = 0; index < segments; index++) {
    const field = (nth: number): number => at + 14 + 2 * index + nth * 2 * segments + (nth > 0 ? 2 : 0)
    const [end, start] = [cmap.readUInt16BE(field(0)), cmap.readUInt16BE(field(1))]
    const [delta, offset] = [cmap.readUInt16BE(field(2)), cmap.readUInt16BE(field(3))]
    for (let code = start; code <= end && code < 0xffff; code++) {
      const plain = offset === 0 ? code : cmap.readUInt16BE(field(3) + offset + 2 * (code - start))
      const glyph = plain === 0 ? 0 : (plain + delta) & 0xffff
      if (glyph !== 0) yield [code, glyph]
    }
  }
}
