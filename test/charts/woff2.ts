import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

/** Places of tables in the list of known names that WOFF2 has; the others are only measured. */
const [CMAP, GLYF, LOCA, UNLISTED] = [0, 10, 11, 63]

/** The code points a WOFF2 font has glyphs for. */
export function codePointsOf(path: string | URL): ReadonlySet<number> {
  const file = readFileSync(path)
  const tables = file.readUInt16BE(12)
  let at = 48
  const number = (): number => {
    let value = 0
    for (;;) {
      const byte = file[at++] ?? 0
      value = value * 128 + (byte & 127)
      if (byte < 128) return value
    }
  }
  let [start, length, passed] = [0, 0, 0]
  for (let table = 0; table < tables; table += 1) {
    const flags = file[at++] ?? 0
    const place = flags & 63
    if (place === UNLISTED) at += 4
    const size = number()
    const version = flags >> 6
    const transformed = place === GLYF || place === LOCA ? version !== 3 : version !== 0
    const stored = transformed ? number() : size
    if (place === CMAP) [start, length] = [passed, stored]
    passed += stored
  }
  const all = brotliDecompressSync(file.subarray(at, at + file.readUInt32BE(20)))
  return mapped(all.subarray(start, start + length))
}

function mapped(cmap: Buffer): ReadonlySet<number> {
  const found = new Set<number>()
  const add = (from: number, to: number): void => {
    for (let code = from; code <= to; code += 1) if (code !== 0xffff) found.add(code)
  }
  for (let table = 0; table < cmap.readUInt16BE(2); table += 1) {
    const at = cmap.readUInt32BE(8 + 8 * table)
    const format = cmap.readUInt16BE(at)
    if (format === 4) {
      const segments = cmap.readUInt16BE(at + 6) / 2
      for (let index = 0; index < segments; index += 1) {
        add(cmap.readUInt16BE(at + 16 + 2 * (segments + index)), cmap.readUInt16BE(at + 14 + 2 * index))
      }
    } else if (format === 12) {
      for (let group = 0; group < cmap.readUInt32BE(at + 12); group += 1) {
        add(cmap.readUInt32BE(at + 16 + 12 * group), cmap.readUInt32BE(at + 20 + 12 * group))
      }
    } else assert(format)
  }
  return found
}

function assert(format: number): never {
  throw new Error(`a character map of format ${format}`)
}
