import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKpa } from '../../../src/simulate/rivals/kpa.ts'
import { replay } from '../../../src/simulate/score.ts'
import { createSpinup } from '../../../src/simulate/spinup.ts'
import { play, type Second } from '../../../src/simulate/world/play.ts'
import { DEFAULT_WORLD, type WorldSettings } from '../../../src/simulate/world/settings.ts'
import { calm, demand, fixed, KINDS, watch } from './made.ts'

/** All that can befall a pool, in a quarter of an hour. */
const ROUGH: Partial<WorldSettings> = {
  heavy: { share: 0.01, times: 40 },
  elsewhereS: (t) => (t > 400 && t < 500 ? 3 : 0.1),
  streams: (t) => 50 + 40 * Math.sin(t / 60),
  background: (t, index) => ({ share: index === 1 || t % 300 < 60 ? 0.4 : 0, nice: index % 2 === 0 }),
  speed: (index, ageS) => (index === 2 ? 0.3 : ageS < 60 ? 0.5 : 1),
  down: (t) => t >= 350 && t < 358,
  silent: (_, index) => index % 3 === 1,
}

for (const kind of KINDS) {
  describe(`the simulated world, ${kind === 'fluid' ? 'by the second' : 'request by request'}`, () => {
    const world = { ...DEFAULT_WORLD, kind }
    const surge = demand((t) => (t < 300 ? 150 : t < 600 ? 900 : 80))
    /** Shorter and smaller, through all of `ROUGH`. */
    const storm = demand((t) => (t < 150 ? 100 : t < 330 ? 400 : 60), 520)
    const up = (t: number): number => (t < 150 ? 1 : t < 400 ? 8 : 2)

    for (const [name, changes] of [
      ['calm', {}],
      ['rough', ROUGH],
    ] as const) {
      it(`loses no request from its books when all is ${name}: each is served, lost or still there`, () => {
        for (const scaler of [createSpinup({ max: 60 }), createKpa(), fixed(() => 1), fixed(up)]) {
          let came = 0
          let gone = 0
          for (const second of play(storm, scaler, { ...world, ...changes })) {
            came += second.came
            gone += second.served + second.lost
            assert.ok(Math.abs(came - gone - second.waiting) < 1e-6, `${scaler.name} at ${second.t}`)
          }
          assert.ok(came > 80_000 && gone > 0.99 * came)
        }
      })
    }

    it('brings the rate asked for, by chance or exactly', () => {
      const came = (chance: boolean): number =>
        watch(
          () => 80,
          () => 2,
          calm(kind, { chance }),
        ).seconds.reduce((sum, second) => sum + second.came, 0)
      assert.ok(Math.abs(came(false) - 900 * 80) <= 1)
      // Three standard deviations of a Poisson count of 72,000.
      assert.ok(Math.abs(came(true) - 900 * 80) < 3 * Math.sqrt(900 * 80), `${came(true)}`)
    })

    it('calls a second overloaded when requests wait too long for a CPU or are lost', () => {
      const { seconds } = watch(surge.rate, () => 2, calm(kind))
      const slow = (from: number, to: number): number => seconds.slice(from, to).filter((one) => one.overloaded).length
      assert.equal(slow(0, 300), 0, 'two members carry 150 a second')
      assert.ok(slow(300, 600) >= 297, 'and not 900')
      assert.ok(seconds[599]!.lost > 0, 'visitors give up')
      assert.equal(slow(612, 900), 0, 'what waits is worked off')
      assert.ok(seconds[450]!.served <= 201, 'no CPU does more than it can')
    })

    it('pays for no more than the maximum and those that drain, whatever is asked', () => {
      const { seconds } = watch(
        () => 150,
        (t) => (t < 200 ? 1000 : 0),
        calm(kind, { max: 7, min: 2 }),
      )
      assert.equal(Math.max(...seconds.map(({ paid }) => paid)), 7)
      assert.equal(Math.max(...seconds.map(({ asked }) => asked ?? 0)), 1000, 'and says what was asked')
      assert.equal(seconds.at(-1)!.paid, 2)
      assert.ok(seconds.every(({ serving, paid }) => serving <= paid))
    })

    it('boots members within the times given, and pays from the order on', () => {
      const { seconds } = watch(
        () => 50,
        (t) => (t < 1 ? 1 : 2),
        calm(kind, { bootS: [200, 240] }),
      )
      const ordered = seconds.findIndex(({ change }) => change !== null)
      assert.equal(seconds[ordered]!.paid, 2)
      const took = seconds.findIndex((second) => second.serving === 2) - ordered
      assert.ok(took >= 200 && took <= 240, `${took} s`)
    })

    it('lets a member go when its requests are through, and not before', () => {
      const { seconds } = watch(
        () => 60,
        (t) => (t < 100 ? 2 : 1),
        calm(kind, { elsewhereS: () => 20, drainS: 5 }),
      )
      const left = seconds.findIndex((second) => second.t > 100 && second.paid === 1)
      if (kind === 'requests') assert.ok(left >= 115 && left <= 162, `requests of 20 s kept it until ${left}`)
      assert.equal(
        seconds.reduce((sum, { lost }) => sum + lost, 0),
        0,
      )
    })

    it('is the same for the same seed, and another for another', () => {
      const run = (seed: number): readonly Second[] => [
        ...play(storm, createSpinup({ max: 12 }), { ...world, ...ROUGH, max: 12, seed }),
      ]
      assert.deepEqual(run(7), run(7))
      assert.notDeepEqual(run(7), run(8))
    })

    it('has the same visitors whoever sizes the pool', () => {
      const came = (size: number): readonly number[] =>
        watch(surge.rate, () => size, world, 300).seconds.map((second) => second.came)
      assert.deepEqual(came(1), came(9))
    })
  })
}

describe('a score', () => {
  it('counts changes, what is undone within a quarter of an hour, and who left too early', () => {
    const size = (t: number): number => (t < 100 ? 3 : t < 400 ? 4 : 1)
    const score = replay(
      demand(() => 150),
      fixed(size),
      calm('fluid', { start: 3 }),
    )
    assert.deepEqual(
      {
        changes: score.changes,
        reversals: score.reversals,
        wrong: score.wrongScaleIns,
        peak: score.peak,
        most: score.most,
      },
      { changes: 2, reversals: 1, wrong: 1, peak: 4, most: 4 },
    )
    assert.equal(score.changesADay, 2 * 96)
    assert.ok(Math.abs(score.score - score.memberHours - score.overloadedS / 12) < 1e-9)
  })
})
