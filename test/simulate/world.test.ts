import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Demand } from '../../src/simulate/demand.ts'
import { createKpa } from '../../src/simulate/rivals/kpa.ts'
import type { PoolView, Scaler } from '../../src/simulate/scaler.ts'
import { replay } from '../../src/simulate/score.ts'
import { createSpinup } from '../../src/simulate/spinup.ts'
import { DEFAULT_WORLD, play, type Second } from '../../src/simulate/world.ts'

const CALM = { ...DEFAULT_WORLD, chance: false }

function demand(rate: (t: number) => number, seconds = 900): Demand {
  return { name: 'made', seconds, startsAt: 1_700_000_000, rate }
}

function fixed(size: (t: number) => number, see: (view: PoolView) => void = () => {}): Scaler {
  let t = 0
  return {
    name: 'fixed',
    everyS: 1,
    desired: (view) => {
      see(view)
      return size(t++)
    },
  }
}

describe('the simulated world', () => {
  const surge = demand((t) => (t < 300 ? 150 : t < 600 ? 900 : 80))

  it('loses no request from its books: each is served, lost or still waiting', () => {
    for (const scaler of [createSpinup({ max: 60 }), createKpa(), fixed(() => 1)]) {
      let came = 0
      let gone = 0
      for (const second of play(surge, scaler, DEFAULT_WORLD)) {
        came += second.came
        gone += second.served + second.lost
        assert.ok(Math.abs(came - gone - second.waiting) < 1e-6, `${scaler.name} at ${second.t}`)
        assert.ok(second.served <= second.serving * DEFAULT_WORLD.memberRps)
      }
    }
  })

  it('calls a second overloaded when requests wait over half a second or are lost, and only then', () => {
    const seconds = [
      ...play(
        surge,
        fixed(() => 2),
        CALM,
      ),
    ]
    for (const second of seconds) assert.equal(second.overloaded, second.waitS > 0.5 || second.lost > 0)
    const busy = (from: number, to: number): number => seconds.slice(from, to).filter((one) => one.overloaded).length
    assert.equal(busy(0, 300), 0, 'two members carry 150 a second')
    assert.equal(busy(302, 600), 298, 'and not 900')
    assert.ok(seconds[599]!.lost > 0, 'visitors give up')
    assert.equal(busy(610, 900), 0, 'what waits is worked off')
  })

  it('lets visitors wait no longer than their patience', () => {
    for (const second of play(
      surge,
      fixed(() => 1),
      CALM,
    ))
      assert.ok(second.waitS <= CALM.patienceS)
  })

  it('pays for no more than the maximum and the drained, whatever is asked', () => {
    const seconds = [
      ...play(
        demand(() => 150),
        fixed((t) => (t < 200 ? 1000 : 0)),
        { ...CALM, max: 7, min: 2 },
      ),
    ]
    assert.equal(Math.max(...seconds.map(({ paid }) => paid)), 7)
    assert.equal(seconds.at(-1)!.paid, 2)
    assert.ok(seconds.every(({ serving, paid }) => serving <= paid))
  })

  it('boots members within the times given, and pays from the order on', () => {
    const seconds = [
      ...play(
        demand(() => 50),
        fixed(() => 2),
        CALM,
      ),
    ]
    const ordered = seconds.findIndex(({ change }) => change !== null)
    assert.equal(seconds[ordered]!.paid, 2)
    const serving = seconds.findIndex((second) => second.serving === 2)
    assert.ok(serving - ordered >= 45 && serving - ordered <= 75, `${serving - ordered} s`)
  })

  it('tells late samples late, and nothing of members that are silent', () => {
    const views: PoolView[] = []
    const late = fixed(
      () => 4,
      (view) => views.push(view),
    )
    for (const _ of play(
      demand(() => 250, 200),
      late,
      { ...CALM, lateS: 15, silentShare: 1 },
    ))
      void _
    const last = views.at(-1)!
    const [first, ...rest] = last.members
    assert.equal(last.t - first!.sampleAt!, 16)
    assert.ok(rest.length > 0 && rest.every(({ stats, sampleAt }) => stats === null && sampleAt === null))
  })

  it('is the same for the same seed, and another for another', () => {
    const run = (seed: number): readonly Second[] => [
      ...play(surge, createSpinup({ max: 60 }), { ...DEFAULT_WORLD, seed }),
    ]
    assert.deepEqual(run(7), run(7))
    assert.notDeepEqual(run(7), run(8))
  })

  it('counts changes, what is undone within a quarter of an hour, and who left too early', () => {
    const size = (t: number): number => (t < 100 ? 3 : t < 400 ? 4 : 1)
    const score = replay(
      demand(() => 150),
      fixed(size),
      CALM,
    )
    assert.deepEqual(
      { changes: score.changes, reversals: score.reversals, wrong: score.wrongScaleIns, peak: score.peak },
      { changes: 2, reversals: 1, wrong: 1, peak: 4 },
    )
    assert.equal(score.changesADay, 2 * 96)
    assert.ok(Math.abs(score.score - score.memberHours - score.overloadedS / 12) < 1e-9)
  })
})
