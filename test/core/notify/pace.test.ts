import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SLACK } from '../../../src/chat/slack/entry.ts'
import { createAllowance } from '../../../src/core/notify/pace.ts'

const T = 1_790_000_000_000

/** When each of `count` messages goes out that are all there at `from`, as ms after T. */
function sent(allowance: ReturnType<typeof createAllowance>, count: number, from = T): readonly number[] {
  let now = from
  return Array.from({ length: count }, () => {
    now += allowance.waitMs(now)
    allowance.spend(now, false)
    return now - T
  })
}

describe('the pace of a channel', () => {
  it('lets a burst go at once and then one message a second', () => {
    const allowance = createAllowance({ everyMs: 1000, burst: 3, newCard: 2 })
    assert.deepEqual(sent(allowance, 6), [0, 0, 0, 1000, 2000, 3000])
  })

  it('earns the burst back while nothing is sent', () => {
    const allowance = createAllowance({ everyMs: 1000, burst: 3, newCard: 2 })
    sent(allowance, 3)
    assert.equal(allowance.full(T + 2999), false)
    assert.equal(allowance.full(T + 3000), true)
    assert.deepEqual(sent(allowance, 3, T + 2000), [2000, 2000, 3000])
    assert.deepEqual(sent(allowance, 4, T + 60_000), [60_000, 60_000, 60_000, 61_000])
  })

  it('counts a new card as it and its details', () => {
    const allowance = createAllowance({ everyMs: 1000, burst: 3, newCard: 2 })
    allowance.spend(T, true)
    assert.equal(allowance.waitMs(T), 0)
    allowance.spend(T, true)
    assert.equal(allowance.waitMs(T), 2000)
  })

  it('never passes Slack’s message a second over a minute, but for the burst', () => {
    const { pace } = SLACK
    assert.ok(pace !== undefined)
    const times = sent(createAllowance(pace), 100)
    assert.ok(times.filter((at) => at < 60_000).length <= 60 + pace.burst)
  })

  it('knows no bounds where none are known', () => {
    const allowance = createAllowance(undefined)
    assert.deepEqual(sent(allowance, 3), [0, 0, 0])
    assert.equal(allowance.full(T), true)
  })
})
