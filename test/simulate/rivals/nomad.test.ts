import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createNomad } from '../../../src/simulate/rivals/rivals.ts'
import { pool, timeline } from './told.ts'

describe("Nomad's target-value strategy", () => {
  it('evaluates every 10 s, in proportion', () => {
    const changes = timeline(createNomad({ target: 0.5 }), 4, [0, 60], (t, size) => pool(t, size, t <= 21 ? 0.5 : 0.8))
    assert.equal(changes[0]?.at, 30)
  })

  it('acts beyond 1 % of its target, and not within', () => {
    assert.equal(createNomad({ target: 0.5 }).desired(pool(0, 100, 0.504)), 100)
    assert.equal(createNomad({ target: 0.5 }).desired(pool(0, 100, 0.51)), 102)
  })

  it('rests five minutes after a change, either way', () => {
    const changes = timeline(createNomad({ target: 0.5 }), 2, [0, 400], (t, size) => pool(t, size, t < 100 ? 1 : 0.1))
    assert.deepEqual(changes, [
      { at: 0, size: 4 },
      { at: 300, size: 1 },
    ])
  })

  it('may rest shorter after scaling up', () => {
    const changes = timeline(createNomad({ target: 0.5, cooldownOnScaleUpS: 60 }), 2, [0, 119], (t, size) =>
      pool(t, size, 1),
    )
    assert.deepEqual(changes, [
      { at: 0, size: 4 },
      { at: 60, size: 8 },
    ])
  })

  it('does not evaluate while members boot', () => {
    assert.equal(createNomad({ target: 0.5 }).desired(pool(0, 2, 1, 1)), 3)
  })
})
