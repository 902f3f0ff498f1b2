import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createWriter, type Entry } from '../../src/ingest/writer.ts'

function entries(count: number): Entry[] {
  return Array.from({ length: count }, (_, at) => ({
    poolId: 'p',
    sample: { memberId: 'm', at, stats: {} },
    periodMs: 1_000,
  }))
}

describe('ingest writer', () => {
  it('does not wait for ever for a store that hangs, and goes on once it works', async () => {
    let hangs = true
    const stored: number[] = []
    const append = async (batch: readonly Entry[]): Promise<void> => {
      if (hangs) return new Promise(() => {})
      stored.push(batch.length)
    }
    const writer = createWriter({ append }, 30)
    const first = writer.write(entries(1))
    await assert.rejects(first, /within 30 ms/)
    hangs = false
    await writer.write(entries(2))
    assert.deepEqual(stored, [2])
  })

  it('gathers what comes while it writes, and fails only those whose write failed', async () => {
    const gate = Promise.withResolvers<void>()
    const began = Promise.withResolvers<void>()
    const batches: number[] = []
    const append = async (batch: readonly Entry[]): Promise<void> => {
      batches.push(batch.length)
      if (batches.length > 1) return
      began.resolve()
      await gate.promise
      throw new Error('the disk is full')
    }
    const writer = createWriter({ append }, 10_000)
    const first = writer.write(entries(3))
    await began.promise
    const others = Promise.all([writer.write(entries(1)), writer.write(entries(4))])
    gate.resolve()
    await assert.rejects(first, /disk is full/)
    await others
    assert.deepEqual(batches, [3, 5])
  })

  it('refuses at once when the store is too far behind', async () => {
    const gate = Promise.withResolvers<void>()
    const writer = createWriter({ append: () => gate.promise }, 10_000)
    const first = writer.write(entries(49_000))
    await assert.rejects(writer.write(entries(2_000)), /too many samples/)
    gate.resolve()
    await first
  })
})
