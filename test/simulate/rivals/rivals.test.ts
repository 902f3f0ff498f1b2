import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Demand } from '../../../src/simulate/demand.ts'
import { createPresent } from '../../../src/simulate/contest.ts'
import { RIVALS } from '../../../src/simulate/rivals/rivals.ts'
import { replay } from '../../../src/simulate/score.ts'
import { DEFAULT_WORLD } from '../../../src/simulate/world/settings.ts'
import { pool } from './told.ts'

/** 200 requests a second, then 700 for half an hour, then 200 again. */
const HILL: Demand = {
  name: 'hill',
  seconds: 3 * 3600,
  startsAt: 0,
  rate: (t) => (t >= 1800 && t < 3600 ? 700 : 200),
}

describe('the rivals', () => {
  it('are the five, each with settings of distinct labels', () => {
    assert.deepEqual(RIVALS.map((rival) => rival.key).toSorted(), ['aws', 'do-pools', 'hpa', 'kpa', 'nomad'])
    for (const rival of RIVALS) {
      const labels = rival.settings.map((setting) => setting.label)
      assert.equal(new Set(labels).size, labels.length, rival.name)
    }
  })

  for (const rival of RIVALS) {
    const setting = rival.settings.find((one) => one.label.includes('60 %')) ?? rival.settings[0]!
    it(`has ${rival.name} serve a hill of demand in the end, and come down again`, () => {
      let worst = 0
      let atEnd = 0
      replay(HILL, setting.create(DEFAULT_WORLD.memberRps), DEFAULT_WORLD, (second) => {
        if (second.t >= 3000 && second.t < 3600 && second.overloaded) worst++
        atEnd = second.serving
      })
      assert.equal(worst, 0, 'overloaded seconds 20 to 30 minutes after the rise')
      assert.ok(atEnd >= 2 && atEnd <= 5, `${atEnd} at the end`)
    })
  }

  it('are set up by somebody who knows how many requests fill a member', () => {
    const knative = RIVALS.find((rival) => rival.key === 'kpa')!
    const setting = knative.settings.find((one) => one.label.startsWith('rps, 50 %'))!
    const asked = (memberRps: number): number => setting.create(memberRps).desired(pool(0, 1, 1))
    assert.deepEqual([asked(100), asked(1000), asked(25)], [2, 1, 8], '100 a second, half of a member each')
  })

  it('remember nothing of an earlier run', () => {
    for (const rival of RIVALS) {
      const setting = rival.settings[0]!
      const run = (): number => replay(HILL, setting.create(DEFAULT_WORLD.memberRps), DEFAULT_WORLD).score
      assert.equal(run(), run(), rival.name)
    }
  })

  it('are not the yardstick, that sees the present demand and obeys it at once', () => {
    const present = createPresent(HILL, DEFAULT_WORLD)
    assert.equal(present.desired(pool(1799, 3, 0.7)), 3)
    assert.equal(present.desired(pool(1800, 3, 0.7)), 9)
    assert.equal(present.desired(pool(3600, 9, 0.7)), 3)
  })
})
