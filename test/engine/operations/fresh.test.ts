import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fresh, Late } from '../../../src/engine/operations/destroy.ts'

describe('an answer of this moment', () => {
  const asking = (
    tookMs: readonly number[],
  ): { readonly told: Promise<number | null>; readonly asked: () => number } => {
    let now = 0
    let count = 0
    const told = fresh(
      () => now,
      async () => {
        now += tookMs[count] ?? 0
        return ++count
      },
    )
    return { told, asked: () => count }
  }

  it('is taken when it comes at once', async () => {
    assert.equal(await asking([20]).told, 1)
  })

  it('is asked for again when the bot slept over it', async () => {
    assert.equal(await asking([60_000, 20]).told, 2)
  })

  it('is not taken for another’s when it is always late, but tried again', async () => {
    const { told, asked } = asking([900, 900, 900, 0])
    await assert.rejects(told, Late)
    assert.equal(asked(), 3)
  })
})
