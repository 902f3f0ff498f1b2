import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cheapest, targetsFor } from '../../src/simulate/targets.ts'

const stretches = (means: readonly number[]): Parameters<typeof targetsFor>[1] =>
  means.map((mean, index) => ({ fromAt: index * 1000, toAt: (index + 1) * 1000, mean, members: 2 }))

describe('targets that are tried', () => {
  it('are shares of what is a fraction, and what was usual of what is a number', () => {
    assert.deepEqual(targetsFor('memory', []), ['50%', '60%', '70%', '80%'])
    const day = Array.from({ length: 100 }, (_, index) => index + 1)
    assert.deepEqual(targetsFor('queue', stretches(day)), ['50', '75', '90', '97'])
    assert.deepEqual(targetsFor('orders', stretches([0.0123, 0.0123, 1234.5])), ['0.012', '1200'].slice(0, 1))
    assert.deepEqual(targetsFor('queue', stretches([0, 0])), [])
    assert.deepEqual(targetsFor('queue', []), [])
  })

  it('end with the cheapest that is overloaded no longer than as it is', () => {
    const tried = [
      { overloadedS: 0, memberHours: 30 },
      { overloadedS: 10, memberHours: 20 },
      { overloadedS: 900, memberHours: 5 },
    ]
    assert.equal(cheapest(tried, { overloadedS: 0, memberHours: 25 }), 1)
    assert.equal(cheapest(tried, { overloadedS: 900, memberHours: 25 }), 2)
    assert.equal(
      cheapest(
        [
          { overloadedS: 900, memberHours: 5 },
          { overloadedS: 700, memberHours: 50 },
        ],
        { overloadedS: 0, memberHours: 1 },
      ),
      1,
    )
    assert.equal(cheapest([{ overloadedS: 5, memberHours: 5 }], { overloadedS: 0, memberHours: 1 }), 0)
  })
})
