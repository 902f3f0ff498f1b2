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
