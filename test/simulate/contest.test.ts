import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import {
  BEST_SETTINGS,
  bestOf,
  bestSetting,
  contest,
  geometricMean,
  rival,
  spinup,
  type Result,
} from '../../src/simulate/contest.ts'
import { RIVALS } from '../../src/simulate/rivals/rivals.ts'
import { SHAPES } from '../../src/simulate/standard.ts'
import { verdict, type Bout } from '../../src/simulate/verdict.ts'
import { DEFAULT_WORLD } from '../../src/simulate/world/settings.ts'

/** Spinup's geometric mean over the clairvoyant's on the shapes, and how far behind the best rival it may be. */
const MEAN = 1.65
const CLOSE = 1.05
const MOST_BEHIND = 3

const own = (results: readonly Result[]): Result => results.find(({ contender }) => contender.key === 'spinup')!

describe('Spinup against the others, on the shapes', () => {
  let bouts: readonly Bout[] = []
  before(() => {
    bouts = SHAPES.filter(({ seconds }) => seconds < 6 * 3600).map((demand) => ({
      demand: demand.name,
      results: contest(demand, DEFAULT_WORLD, [spinup({}), rival('kpa', 'fluid'), rival('hpa', 'fluid')]),
    }))
  })

  it('plays the five', () => {
    assert.deepEqual(
      bouts.map(({ demand }) => demand),
      ['step', 'step10', 'ramp', 'hackernews', 'sawtooth'],
    )
  })

  it(`stays within ${MEAN} × the clairvoyant in the mean`, () => {
    const ratios = bouts.map(({ results }) => own(results).ratio)
    const mean = geometricMean(ratios)
    assert.ok(mean <= MEAN, `${mean.toFixed(3)}: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`)
  })

  it(`is within ${CLOSE} × the best of Knative and the HPA on all but ${MOST_BEHIND}`, () => {
    const behind = bouts
      .map(({ demand, results }) => ({
        demand,
        ratio: own(results).score.score / bestOf(results, 'rival')!.score.score,
      }))
      .filter(({ ratio }) => ratio > CLOSE)
    assert.ok(
      behind.length <= MOST_BEHIND,
      behind.map(({ demand, ratio }) => `${demand} ${ratio.toFixed(2)}`).join(', '),
    )
  })

  it('says the same in its verdict', () => {
    const claims = verdict(bouts, [], 75)
    assert.equal(claims.length, 6)
    const [mean, behind] = claims
    assert.match(mean!.claim, /geometric mean/)
    assert.equal(mean!.holds, geometricMean(bouts.map(({ results }) => own(results).ratio)) <= 1.65)
    assert.match(behind!.claim, /best rival/)
  })

  it('fails what a worse world makes of a score twice as high', () => {
    const scores = bouts.map(({ results }) => ({
      ...own(results).score,
      score: own(results).score.score * 2,
      wrongScaleIns: 1,
    }))
    const [rise, wrong] = verdict(bouts, [{ name: 'dark', scores }], 75).slice(-2)
    assert.deepEqual([rise!.holds, wrong!.holds], [false, false])
    assert.match(rise!.seen, /\+100 %/)
  })
})

describe("the rivals' best settings", () => {
  it('are settings there are', () => {
    for (const kind of ['fluid', 'requests'] as const) {
      for (const { key } of RIVALS) assert.equal(bestSetting(key, kind).setting?.label, BEST_SETTINGS[kind][key])
    }
  })
})
