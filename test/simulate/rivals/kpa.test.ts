import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKpa } from '../../../src/simulate/rivals/kpa.ts'
import type { PoolView } from '../../../src/simulate/scaler.ts'
import { member, pool, metered, timeline } from './told.ts'

/** `rate` requests a second on `size` members that serve at once. */
function load(rate: number): (t: number, size: number) => PoolView {
  return (t, size) => pool(t, size, Math.min(1, rate / 100 / size))
}

describe("Knative's autoscaler", () => {
  it('begins in panic mode, so that a restart takes nothing down for a stable window', () => {
    const changes = timeline(createKpa(), 10, [0, 90], load(210))
    assert.equal(changes[0]?.at, 62)
  })

  it('follows the 60 s mean in stable mode', () => {
    const changes = timeline(createKpa(), 4, [0, 300], (t, size) => load(t < 150 ? 280 : 350)(t, size))
    // 60 s at 350 after 150 s: the mean is above 280 at once, and 5 members are asked for at the next tick.
    assert.deepEqual(changes, [{ at: 150, size: 5 }])
  })

  it('panics when the 6 s mean asks for twice the pods that are ready, counting requests that wait', () => {
    // Two ready members; from 100 s on 480 requests a second come, and what is not served piles up.
    let size = 2
    let asked = 2
    const scaler = createKpa()
    for (let t = 0; t <= 107; t++) {
      // Each of the two is sent 240 a second and answers 100.
      asked = scaler.desired(pool(t, 2, t < 100 ? 0.6 : 1, size - 2, 140 * Math.max(0, t - 99), t < 100 ? 60 : 240))
      if (t < 100) assert.equal(asked, 2)
      if (t === 102) assert.ok(asked >= 4, `${asked} after 3 s`)
      size = asked
    }
    assert.equal(asked, 7, 'ceil(480 / 70)')
  })

  it('never scales down in panic, and stops panicking a stable window after the last of it', () => {
    const surge = (t: number, size: number): PoolView => load(t >= 100 && t < 110 ? 700 : 70)(t, size)
    // Members take the load at once, so the threshold is left once ten are ready.
    const changes = timeline(createKpa(), 1, [0, 400], surge)
    const peak = changes.findIndex((change, index) => change.size < (changes[index - 1]?.size ?? 1))
    assert.ok(peak > 0, 'it comes down in the end')
    assert.ok(changes[peak]!.at > 160, `first down at ${changes[peak]!.at}`)
    assert.equal(changes.at(-1)!.size, 1)
  })

  it('at most halves the pods in one tick', () => {
    const changes = timeline(createKpa({ stableS: 10, panicShare: 0.6 }), 16, [0, 60], load(10))
    assert.deepEqual(
      changes.map((change) => change.size),
      [8, 4, 2, 1],
    )
  })

  it('delays scaling down as long as it is told', () => {
    const quiet = (t: number, size: number): PoolView => load(t < 200 ? 280 : 70)(t, size)
    const first = (delay: number): number => timeline(createKpa({ scaleDownDelayS: delay }), 4, [0, 900], quiet)[0]!.at
    // The first tick's wish for fewer must last through the delay.
    assert.equal(first(300) - first(0), 298)
  })

  it('reads concurrency with the requests that wait, and whatever is held open', () => {
    const scaler = createKpa({ metric: 'concurrency', capacity: 1, target: 1 })
    let asked = 1
    for (let t = 0; t < 20; t++) asked = scaler.desired(pool(t, 1, 1, asked - 1, 8))
    assert.equal(asked, 9, 'eight wait and one runs')
    const idle: PoolView = { t: 0, members: [member('a', 0, { metered: { cpu: 0.01, arrived: 0, inFlight: 40 } })] }
    assert.equal(createKpa({ metric: 'concurrency', capacity: 10 }).desired(idle), 6, 'ceil(40 / 7)')
  })

  it('takes pods that do not answer for the mean of the others', () => {
    const scaler = createKpa({ target: 0.5 })
    const view: PoolView = {
      t: 0,
      members: [member('a', 0, { metered: metered(0.8) }), member('b', 0), member('c', 0)],
    }
    assert.equal(scaler.desired(view), 5, 'ceil(3 × 80 / 50)')
  })

  it('holds while nothing is known', () => {
    assert.equal(createKpa().desired({ t: 0, members: [member('a', 0), member('b', 0)] }), 2)
  })
})
