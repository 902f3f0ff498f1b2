import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timeline } from './timeline.ts'

describe('the maximum', () => {
  it('says whether it limits, holds, or brings the pool back', () => {
    const pool = timeline({ max: 3, scaleOutCooldownMs: 0 }, { bootSeconds: 1 })
    pool.run(60, () => 0.3)
    const out = pool.run(30, () => 6)
    assert.ok(out.some((one) => one.kind === 'scaleOut'))
    assert.match(out.at(-1)!.reason, /^Holding at the maximum of 3; wanted \d+/)
    assert.equal(pool.size(), 3)
    pool.setPolicy({ max: 2 })
    const [back] = pool.run(1, () => 6)
    assert.equal(back!.kind, 'scaleIn')
    assert.equal(back!.to, 2)
    assert.match(back!.reason, /^Back to the maximum of 2/)
  })
})
