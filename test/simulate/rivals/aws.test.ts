import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAws } from '../../../src/simulate/rivals/aws.ts'
import type { PoolView } from '../../../src/simulate/scaler.ts'
import { member, pool, metered, timeline } from './told.ts'

describe('AWS target tracking', () => {
  it('scales out after three points above the target, in proportion', () => {
    const changes = timeline(createAws({ target: 0.5 }), 4, [0, 299], (t, size) => pool(t, size, t < 60 ? 0.4 : 0.7))
    assert.deepEqual(changes, [{ at: 240, size: 6 }])
  })

  it('sees a 10 s metric after 30 s', () => {
    const see = (t: number, size: number): PoolView => pool(t, size, t < 60 ? 0.4 : 0.7)
    assert.equal(timeline(createAws({ target: 0.5, periodS: 10 }), 4, [0, 100], see)[0]?.at, 90)
  })

  it('scales in after fifteen minutes below nine tenths of the target', () => {
    const see = (t: number, size: number): PoolView => pool(t, size, 1 / size)
    // Four members at 0.25: two would do.
    assert.deepEqual(timeline(createAws({ target: 0.5 }), 4, [0, 1000], see), [{ at: 900, size: 2 }])
    const near = (t: number, size: number): PoolView => pool(t, size, 0.46)
    assert.deepEqual(timeline(createAws({ target: 0.5 }), 4, [0, 2000], near), [], 'within a tenth below')
  })

  it('begins the fifteen minutes anew after one that was not below', () => {
    const see = (t: number, size: number): PoolView => pool(t, size, t >= 600 && t < 660 ? 0.48 : 1 / size)
    assert.equal(timeline(createAws({ target: 0.5 }), 4, [0, 2000], see)[0]?.at, 660 + 900)
  })

  it('does not order again what is booting, and takes nothing away meanwhile', () => {
    const scaler = createAws({ target: 0.5, periodS: 10 })
    const changes = timeline(scaler, 4, [0, 300], (t, size) => pool(t, 2, 1, size - 2))
    assert.deepEqual(changes, [])
    const quiet = createAws({ target: 0.5 })
    assert.deepEqual(
      timeline(quiet, 4, [0, 1200], (t, size) => pool(t, size - 1, 0.1, 1)),
      [],
    )
  })

  it('leaves warming instances out of the metric', () => {
    const scaler = createAws({ target: 0.5, periodS: 10, warmupS: 60 })
    const see = (t: number): PoolView => ({
      t,
      members: [
        member('a', t, { metered: metered(0.9) }),
        member('b', t, { metered: metered(0), age: 10 }),
        member('c', t, { metered: metered(0), age: 10 }),
      ],
    })
    // One warm at 0.9 asks for two, and there are three.
    assert.deepEqual(timeline(scaler, 3, [0, 100], see), [])
    const cold = createAws({ target: 0.25, periodS: 10, warmupS: 60 })
    assert.deepEqual(timeline(cold, 3, [0, 31], see)[0], { at: 30, size: 4 })
  })
})
