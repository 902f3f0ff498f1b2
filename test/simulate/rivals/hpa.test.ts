import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHpa } from '../../../src/simulate/rivals/hpa.ts'
import type { PoolView } from '../../../src/simulate/scaler.ts'
import { member, pool, metered, timeline } from './told.ts'

describe('the Horizontal Pod Autoscaler', () => {
  it('asks for ceil(ready × usage / target) at each 15 s sync', () => {
    const changes = timeline(createHpa({ target: 0.5 }), 4, [0, 29], (t, size) => pool(t, size, t < 10 ? 0.5 : 0.7))
    // The mean since the last sync: (9 × 0.5 + 6 × 0.7) / 15 = 0.58, 16 % above.
    assert.deepEqual(changes, [{ at: 15, size: 5 }])
  })

  it('holds within 10 % of its target', () => {
    assert.deepEqual(
      timeline(createHpa({ target: 0.5 }), 10, [0, 120], (t, size) => pool(t, size, 0.545)),
      [],
    )
    assert.deepEqual(
      timeline(createHpa({ target: 0.5 }), 10, [0, 14], (t, size) => pool(t, size, 0.56)),
      [{ at: 0, size: 12 }],
    )
  })

  it('scales in 300 s after the last recommendation of more', () => {
    const changes = timeline(createHpa({ target: 0.5 }), 8, [0, 600], (t, size) => pool(t, size, t <= 100 ? 0.5 : 0.1))
    // The sync at 90 is the last to ask for 8. At 105, most of the mean is still of before: ceil(8 × 0.367 / 0.5).
    assert.deepEqual(changes.slice(0, 2), [
      { at: 390, size: 6 },
      { at: 405, size: 2 },
    ])
  })

  it('adds at most four pods or as many again in 15 s, whichever is more', () => {
    const full = (t: number, size: number): PoolView => pool(t, size, 1)
    const two = timeline(createHpa({ target: 0.1 }), 2, [0, 30], full)
    assert.deepEqual(two, [
      { at: 0, size: 6 },
      { at: 15, size: 12 },
      { at: 30, size: 24 },
    ])
  })

  it('counts booting pods as idle when it scales out, so that they are not ordered twice', () => {
    const changes = timeline(createHpa({ target: 0.5 }), 8, [0, 60], (t) => pool(t, 4, 1, 4))
    assert.deepEqual(changes, [])
  })

  it('leaves a pod out for one metric window after it became ready', () => {
    const see = (age: number): PoolView => ({
      t: 0,
      members: [member('old', 0, { metered: metered(0.9) }), member('new', 0, { age, metered: metered(0.05) })],
    })
    // Left out, the new one counts as idle: 0.9 / 2 is below 0.5, which would turn the direction, so it holds.
    assert.equal(createHpa({ target: 0.5 }).desired(see(5)), 2)
    const mild = createHpa({ target: 0.8, scaleInWindowS: 0 })
    assert.equal(mild.desired(see(60)), 2, 'ceil(0.475 / 0.8 × 2)')
    assert.equal(createHpa({ target: 0.3 }).desired(see(60)), 4, 'ceil(0.475 / 0.3 × 2)')
  })

  it('counts silent pods as idle on the way out and as fully used on the way in', () => {
    const half = (cpu: number): PoolView => ({
      t: 0,
      members: ['a', 'b', 'c', 'd'].map((id, index) => member(id, 0, index < 2 ? { metered: metered(cpu) } : {})),
    })
    // All four at 1 would ask for 8; the two silent ones as idle give 0.5, which is the target.
    assert.equal(createHpa({ target: 0.5 }).desired(half(1)), 4)
    assert.equal(createHpa({ target: 0.3 }).desired(half(1)), 7, 'ceil(0.5 / 0.3 × 4)')
    // Two at 0.1 alone would ask for 1; with two full ones the mean is 0.55, above the target: it holds.
    assert.equal(createHpa({ target: 0.5, scaleInWindowS: 0 }).desired(half(0.1)), 4)
  })

  it('holds when nobody reports', () => {
    const silent: PoolView = { t: 0, members: [member('a', 0), member('b', 0)] }
    assert.equal(createHpa({ target: 0.5 }).desired(silent), 2)
  })
})
