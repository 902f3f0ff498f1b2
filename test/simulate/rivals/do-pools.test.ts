import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDoPools } from '../../../src/simulate/rivals/rivals.ts'
import { pool, timeline } from './told.ts'

describe("DigitalOcean's autoscale pools", () => {
  it("answer the documentation's own example with three droplets", () => {
    assert.equal(createDoPools({ target: 0.8 }).desired(pool(0, 2, 0.95)), 3)
  })

  it('wait out one cooldown between any two changes', () => {
    const up = timeline(createDoPools({ target: 0.5, cooldownS: 300 }), 2, [0, 700], (t, size) => pool(t, size, 1))
    assert.deepEqual(up, [
      { at: 0, size: 4 },
      { at: 300, size: 8 },
      { at: 600, size: 16 },
    ])
    const turned = timeline(createDoPools({ target: 0.5, cooldownS: 600 }), 2, [0, 700], (t, size) =>
      pool(t, size, t < 60 ? 1 : 0.1),
    )
    assert.deepEqual(turned, [
      { at: 0, size: 4 },
      { at: 600, size: 1 },
    ])
  })

  it('look once a minute', () => {
    const changes = timeline(createDoPools({ target: 0.5 }), 4, [0, 200], (t, size) => pool(t, size, t <= 61 ? 0.5 : 1))
    assert.equal(changes[0]?.at, 120)
  })
})
