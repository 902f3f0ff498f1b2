import { decodeChunk, encodeChunk, type Rows } from './chunk.ts'
import { HOT_HEADER, HOUR } from './layout.ts'

/** One stat's points, oldest first. */
export interface Points {
  readonly at: number[]
  readonly value: number[]
}

/** Stat names by column, as `cols:` keeps them. */
export function namesIn(text: string): readonly string[] {
  return text === '' ? [] : text.split('\n')
}

/** The rows of a hot block's slice with the columns asked for; a missing column is all NaN. */
function readRows(bytes: Buffer, width: number, columns: readonly number[]): Rows {
  const size = 4 + 4 * width
  const count = Math.floor(bytes.length / size)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const offset = new Uint32Array(count)
  for (let row = 0; row < count; row += 1) offset[row] = view.getUint32(row * size, true)
  const column = columns.map((index) => {
    const values = new Float32Array(count).fill(Number.NaN)
    if (index < width) {
      for (let row = 0; row < count; row += 1) values[row] = view.getFloat32(row * size + 4 + 4 * index, true)
    }
    return values
  })
  return { offset, column }
}

/** The sealed form of a whole hot block, header included. */
export function sealBlock(block: Buffer): Buffer {
  const width = block.readUInt16LE(0)
  const count = block.readUInt32LE(4)
  const rows = block.subarray(HOT_HEADER, HOT_HEADER + count * (4 + 4 * width))
  return encodeChunk(
    readRows(
      rows,
      width,
      Array.from({ length: width }, (_, index) => index),
    ),
  )
}

/**
 * One member's part of the read script's answer as points per stat within `[fromAt, toAt]`; a stat it does not report
 * has none.
 */
export function pointsOf(
  answer: unknown,
  stats: readonly string[],
  fromAt: number,
  toAt: number,
): Record<string, Points> {
  const [cols, ...parts]: readonly unknown[] = Array.isArray(answer) ? answer : ['']
  const names = namesIn(String(cols))
  const known = stats.filter((stat) => names.includes(stat))
  const columns = known.map((stat) => names.indexOf(stat))
  const found: Record<string, Points> = Object.fromEntries(stats.map((stat) => [stat, { at: [], value: [] }]))
  for (let part = 0; part + 2 < parts.length; part += 3) {
    const [hour, width, bytes] = parts.slice(part, part + 3)
    if (!Buffer.isBuffer(bytes)) continue
    const rows = width === 0 ? decodeChunk(bytes, columns) : readRows(bytes, Number(width), columns)
    const base = Number(hour) * HOUR
    for (const [index, stat] of known.entries()) {
      const points = found[stat]
      const values = rows.column[index]
      if (points === undefined || values === undefined) continue
      for (let row = 0; row < values.length; row += 1) {
        const at = base + (rows.offset[row] ?? 0)
        const value = values[row] ?? Number.NaN
        if (at < fromAt || at > toAt || !Number.isFinite(value)) continue
        points.at.push(at)
        points.value.push(value)
      }
    }
  }
  return found
}
