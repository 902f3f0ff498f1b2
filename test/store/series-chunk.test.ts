import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createVarintReader,
  createVarintWriter,
  decodeChunk,
  encodeChunk,
  SEALED_RELATIVE_ERROR,
} from '../../src/store/series/chunk.ts'

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('varints', () => {
  it('round-trip integers of every size and sign', () => {
    const random = seeded(1)
    const unsigned = Array.from({ length: 2_000 }, () => Math.floor(random() * 2 ** Math.floor(random() * 53)))
    unsigned.push(0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER)
    const signed = unsigned.flatMap((value) => [Math.floor(value / 4), -1 - Math.floor(value / 4)])
    const writer = createVarintWriter(1)
    for (const value of unsigned) writer.put(value)
    for (const value of signed) writer.putSigned(value)
    const reader = createVarintReader(writer.bytes())
    for (const value of unsigned) assert.equal(reader.next(), value)
    for (const value of signed) assert.equal(reader.nextSigned(), value)
    assert.equal(reader.position(), writer.bytes().length)
  })

  it('takes one byte for a small change either way', () => {
    const writer = createVarintWriter()
    writer.putSigned(63)
    writer.putSigned(-64)
    assert.equal(writer.bytes().length, 2)
  })

  it('refuses to read past the end', () => {
    assert.throws(() => createVarintReader(Buffer.from([0x80])).next(), RangeError)
  })
})

describe('a sealed chunk', () => {
  const kinds: Readonly<Record<string, (random: () => number) => number>> = {
    'a fraction': (random) => random(),
    'a negative or positive number of any size': (random) => (random() - 0.5) * 10 ** (random() * 60 - 30),
    'a count': (random) => Math.floor(random() * 1e6),
    'mostly gaps': (random) => (random() < 0.8 ? Number.NaN : random()),
    zero: () => 0,
  }

  for (const [name, draw] of Object.entries(kinds)) {
    it(`gives back the times exactly and ${name} within its error bound`, () => {
      const random = seeded(name.length)
      for (let round = 0; round < 20; round += 1) {
        const count = Math.floor(random() * 500)
        let at = 0
        const offset = Uint32Array.from({ length: count }, () => (at += 1 + Math.floor(random() * 9_000)))
        const column = [0, 1, 2].map(() => Float32Array.from({ length: count }, () => draw(random)))
        const rows = decodeChunk(encodeChunk({ offset, column }), [2, 0, 7])
        assert.deepEqual(rows.offset, offset)
        for (const [place, source] of [column[2], column[0]].entries()) {
          for (const [row, value] of source!.entries()) {
            const back = rows.column[place]![row]!
            if (Number.isNaN(value)) assert.ok(Number.isNaN(back))
            else assert.ok(Math.abs(back - value) <= Math.abs(value) * SEALED_RELATIVE_ERROR, `${value} → ${back}`)
          }
        }
        assert.ok(rows.column[2]!.every(Number.isNaN), 'a column it does not have is all gaps')
      }
    })
  }

  it('keeps integers up to 4096 and infinities out exactly', () => {
    const source = Float32Array.from([...Array(4097).keys(), -4096, -1, Number.POSITIVE_INFINITY, 3.4e38])
    const offset = Uint32Array.from(source.keys())
    const back = decodeChunk(encodeChunk({ offset, column: [source] }), [0]).column[0]!
    assert.deepEqual(back.slice(0, 4099), source.slice(0, 4099))
    assert.ok(Number.isNaN(back[4099]))
    assert.ok(Number.isFinite(back[4100]))
  })

  it('takes about a byte and a half a value for an hour of noisy load', () => {
    const random = seeded(7)
    const offset = Uint32Array.from({ length: 3600 }, (_, row) => row * 1_000 + Math.floor(random() * 8))
    let level = 0.5
    const cpu = Float32Array.from({ length: 3600 }, () => {
      level = Math.min(0.95, Math.max(0.1, level + (random() - 0.5) * 0.05))
      return level + (random() - 0.5) * 0.02
    })
    const memory = Float32Array.from({ length: 3600 }, (_, row) => 0.4 + row * 1e-5 + random() * 1e-4)
    const size = encodeChunk({ offset, column: [cpu, memory] }).length
    assert.ok(size < 2 * 3600 * 2, `${size / 7200} bytes a value, times included`)
  })

  it('says so when it is of another version or cut short', () => {
    const bytes = encodeChunk({ offset: Uint32Array.of(1, 2), column: [Float32Array.of(1, 2)] })
    assert.throws(() => decodeChunk(bytes.subarray(0, -1), [0]), RangeError)
    assert.throws(() => decodeChunk(Buffer.from([9, 0, 0]), []), /version 9/)
  })
})
