/** Writes unsigned integers below 2^53 in 7-bit groups, low first; small numbers take one byte. */
export interface VarintWriter {
  put(value: number): void
  /** Small for small magnitudes of either sign: 0, -1, 1, -2 … become 0, 1, 2, 3 … */
  putSigned(value: number): void
  bytes(): Buffer
}

export function createVarintWriter(capacity = 1024): VarintWriter {
  let buffer = Buffer.allocUnsafe(Math.max(capacity, 16))
  let length = 0
  const put = (value: number): void => {
    if (length + 8 > buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)])
    let rest = value
    while (rest >= 0x80) {
      buffer[length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    buffer[length++] = rest
  }
  return {
    put,
    putSigned: (value) => put(value < 0 ? -2 * value - 1 : 2 * value),
    bytes: () => Buffer.from(buffer.subarray(0, length)),
  }
}

/** Reads what a writer wrote, from `start` up; throws RangeError past the end. */
export interface VarintReader {
  next(): number
  nextSigned(): number
  /** Where the next byte is read. */
  position(): number
}

export function createVarintReader(buffer: Uint8Array, start = 0): VarintReader {
  let position = start
  const next = (): number => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = buffer[position++]
      if (byte === undefined) throw new RangeError('the bytes end within a number')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 0x80
    }
  }
  return {
    next,
    nextSigned: () => {
      const value = next()
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    },
    position: () => position,
  }
}

/** Samples of one member and hour, a column per stat; `NaN` where a sample lacks it. */
export interface Rows {
  /** ms into the hour, rising. */
  readonly offset: Uint32Array
  readonly column: readonly Float32Array[]
}

const VERSION = 1
/** Bits of the float32 mantissa that sealing rounds away: 12 of 24 significant bits stay. */
const DROPPED_BITS = 12

/** Largest relative error of a sealed value: half of the last kept bit. Integers up to 4096 stay exact. */
export const SEALED_RELATIVE_ERROR = 2 ** -12

/**
 * Seals rows: times exactly, as zigzag varints of the change in spacing; values as zigzag varints of the change in
 * their rounded float, which orders like the number itself, so a steady stat costs one byte a value and an outlier
 * costs its neighbours no precision.
 */
export function encodeChunk(rows: Rows): Buffer {
  const parts = [encodeTimes(rows.offset), ...rows.column.map(encodeColumn)]
  const head = createVarintWriter(16)
  head.put(VERSION)
  head.put(rows.offset.length)
  head.put(rows.column.length)
  for (const part of parts) head.put(part.length)
  return Buffer.concat([head.bytes(), ...parts])
}

/** The rows of a sealed chunk with only the columns asked for (a missing one is all NaN). Throws RangeError on damage. */
export function decodeChunk(bytes: Uint8Array, columns: readonly number[]): Rows {
  const head = createVarintReader(bytes)
  const version = head.next()
  if (version !== VERSION) throw new RangeError(`series chunk of unknown version ${version}`)
  const count = head.next()
  const width = head.next()
  const lengths = Array.from({ length: width + 1 }, () => head.next())
  const start = head.position()
  const startOf = (column: number): number => lengths.slice(0, column + 1).reduce((sum, length) => sum + length, start)
  return {
    offset: decodeTimes(bytes, start, count),
    column: columns.map((column) =>
      column < width ? decodeColumn(bytes, startOf(column), count) : new Float32Array(count).fill(Number.NaN),
    ),
  }
}

function encodeTimes(offset: Uint32Array): Buffer {
  const writer = createVarintWriter(offset.length * 2 + 16)
  let last = 0
  let spacing = 0
  for (const at of offset) {
    writer.putSigned(at - last - spacing)
    spacing = at - last
    last = at
  }
  return writer.bytes()
}

function decodeTimes(bytes: Uint8Array, start: number, count: number): Uint32Array {
  const reader = createVarintReader(bytes, start)
  const offset = new Uint32Array(count)
  let last = 0
  let spacing = 0
  for (let row = 0; row < count; row += 1) {
    spacing += reader.nextSigned()
    last += spacing
    offset[row] = last
  }
  return offset
}

/** 0 is a gap; anything else a zigzag change, plus one. */
function encodeColumn(column: Float32Array): Buffer {
  const bits = new Int32Array(column.buffer, column.byteOffset, column.length)
  const writer = createVarintWriter(column.length * 2 + 16)
  let last = 0
  for (let row = 0; row < column.length; row += 1) {
    if (!Number.isFinite(column[row])) {
      writer.put(0)
      continue
    }
    const rank = rankOf(bits[row] ?? 0)
    const change = rank - last
    writer.put((change < 0 ? -2 * change - 1 : 2 * change) + 1)
    last = rank
  }
  return writer.bytes()
}

function decodeColumn(bytes: Uint8Array, start: number, count: number): Float32Array {
  const reader = createVarintReader(bytes, start)
  const column = new Float32Array(count)
  const bits = new Int32Array(column.buffer)
  let last = 0
  for (let row = 0; row < count; row += 1) {
    const symbol = reader.next() - 1
    if (symbol < 0) {
      column[row] = Number.NaN
      continue
    }
    last += symbol % 2 === 0 ? symbol / 2 : -(symbol + 1) / 2
    bits[row] = bitsOf(last)
  }
  return column
}

/** A float's place among all rounded floats: sign and magnitude become one ordered integer, 0 for zero. */
function rankOf(bits: number): number {
  const magnitude = bits & 0x7fffffff
  const rounded = Math.min((magnitude + (1 << (DROPPED_BITS - 1))) >>> DROPPED_BITS, LARGEST_RANK)
  return bits < 0 ? -rounded : rounded
}

/** Rounding up may not reach infinity. */
const LARGEST_RANK = (0x7f800000 >>> DROPPED_BITS) - 1

function bitsOf(rank: number): number {
  return rank < 0 ? (-rank << DROPPED_BITS) | 0x80000000 : rank << DROPPED_BITS
}
