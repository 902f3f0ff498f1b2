import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { contest, rival, spinup } from '../../src/simulate/contest.ts'
import { cut } from '../../src/simulate/demand.ts'
import { claimsOf, type Played } from '../../src/simulate/situations/claims.ts'
import type { Situation } from '../../src/simulate/situations/situation.ts'
import { SITUATIONS } from '../../src/simulate/situations/situations.ts'
import { createHpa } from '../../src/simulate/rivals/hpa.ts'
import { play } from '../../src/simulate/world/play.ts'
import { DEFAULT_WORLD, membersFor, type WorldSettings } from '../../src/simulate/world/settings.ts'

const named = (name: string): Situation => SITUATIONS.find((one) => one.name === name)!
/** Every tenth second, and members early and late. */
const moments = ({ demand }: Situation): readonly number[] =>
  Array.from({ length: Math.floor(demand.seconds / 10) }, (_, index) => index * 10)
const some = (test: (world: WorldSettings, t: number, one: Situation) => boolean): number =>
  SITUATIONS.filter((one) => moments(one).some((t) => test(one.world, t, one))).length

describe('the situations', () => {
  it('have names of their own, last an hour or so, and start with members there', () => {
    assert.equal(new Set(SITUATIONS.map(({ name }) => name)).size, SITUATIONS.length)
    assert.ok(SITUATIONS.length >= 14)
    for (const { name, demand, world, about } of SITUATIONS) {
      assert.ok(demand.seconds >= 1200 && demand.seconds <= 2 * 3600, name)
      assert.ok(world.start! >= 1 && world.start! <= world.max && about !== '', name)
    }
  })

  it('have everything in them that befalls pools', () => {
    const found = {
      elsewhere: some((world, t) => world.elsewhereS(t, 1, 100) > 0),
      streams: some((world, t) => world.streams(t) > 0),
      niced: some((world, t) => world.background(t, 0).nice),
      background: some((world, t) => world.background(t, 0).share > 0 && !world.background(t, 0).nice),
      one: some((world, t) => world.background(t, 0).share !== world.background(t, 1).share),
      noisy: some((world, t) => world.speed(2, 900, t) < 0.6),
      cold: some((world, t) => world.speed(2, 10, t) < 0.6 && world.speed(2, 900, t) === 1),
      deploys: some((world, t) => world.down(t, 0)),
      heavy: some((world) => world.heavy.share > 0),
      silent: some((world, t) => world.silent(t, 1)),
      late: some((world) => world.lateS > 0 && world.everyS !== null),
      untold: some((world) => world.balancer === 'nothing'),
      counted: some((world) => world.balancer === 'counts'),
      quick: some((world) => world.bootS[1] < 25),
      slow: some((world) => world.bootS[1] > 200),
      cheap: some((world) => world.memberRps >= 1000),
      dear: some((world) => world.memberRps <= 5),
    }
    for (const [name, count] of Object.entries(found)) assert.ok(count >= 1, name)
  })

  it('are useful up to a size that carries what comes, and not to much more', () => {
    for (const one of SITUATIONS) {
      const { name, demand, world, useful } = one
      const needed = Math.max(...moments(one).map((t) => membersFor({ ...world, max: 60 }, demand.rate(t), t, 0.95)))
      if (useful === null) continue
      assert.ok(useful >= needed, `${name}: ${needed} are needed, ${useful} said to be useful`)
      assert.ok(useful <= 3 * needed + 3, `${name}: ${needed} are needed, ${useful} said to be useful`)
    }
  })

  it('are no better with twice the useful size than with the useful one', () => {
    for (const name of ['open-streams', 'slow-upstream', 'slow-disk', 'cron-niced']) {
      const { demand, world, useful } = named(name)
      const slow = (size: number): number => {
        const still = { name: 'still', everyS: 1, desired: () => size }
        return [...play(demand, still, { ...world, start: size })].filter((second) => second.overloaded).length
      }
      assert.ok(slow(useful!) - slow(2 * useful!) <= 2, name)
    }
  })

  it('can all be played by everybody', () => {
    for (const { name, demand, world } of SITUATIONS) {
      for (const scaler of [createHpa(), spinup({}).create(demand, world)[0]!()]) {
        let came = 0
        let gone = 0
        for (const second of play(cut(demand, 90), scaler, world)) {
          came += second.came
          gone += second.served + second.lost
          assert.ok(Math.abs(came - gone - second.waiting) < 1e-6, `${name}, ${scaler.name} at ${second.t}`)
        }
      }
    }
  })

  it('say who asked for far more than helps, and who fell far behind', () => {
    const situation = { ...named('open-streams'), demand: cut(named('open-streams').demand, 600) }
    const results = contest(situation.demand, situation.world, [spinup({}), rival('hpa', 'requests')])
    const [own, hpa] = results
    const as = (most: number, score: number): readonly Played[] => [
      { situation, results: [{ ...own!, score: { ...own!.score, most, score } }, ...results.slice(1)] },
    ]
    const good = claimsOf(as(2, hpa!.score.score))
    assert.deepEqual(
      good.slice(0, 2).map(({ holds }) => holds),
      [true, true],
    )
    const bad = claimsOf(as(3, hpa!.score.score * 1.3))
    assert.deepEqual(
      bad.slice(0, 2).map(({ holds }) => holds),
      [false, false],
    )
    assert.match(bad[0]!.seen, /open-streams 3 of 1/)
    assert.match(bad[1]!.seen, /open-streams 1\.30/)
  })
})

describe('the clairvoyant', () => {
  it('runs as full as turns out best: dear requests leave room', () => {
    const { demand, world } = named('dear-pages')
    const [result] = contest(cut(demand, 1800), world, [])
    const full = membersFor(
      world,
      Math.max(
        ...moments(named('dear-pages'))
          .filter((t) => t < 1800)
          .map(demand.rate),
      ),
      0,
      0.85,
    )
    assert.ok(result!.score.peak > full, `${result!.score.peak} of ${full}`)
    assert.equal(result!.ratio, 1)
  })

  it('goes on to run emptier where that makes no difference yet', () => {
    // Two members are enough by their CPUs, at 85 % as at 65 %; but one of them is busy with something else.
    const { demand, world } = named('indexer')
    const [result] = contest(cut(demand, 1800), world, [])
    assert.ok(result!.score.overloadedS < 5 && result!.score.peak === 3, JSON.stringify(result!.score))
  })

  it('orders ahead of boots that take four minutes', () => {
    const world = { ...DEFAULT_WORLD, kind: 'requests' as const, bootS: [230, 240] as const, start: 2 }
    const demand = { name: 'step', seconds: 900, startsAt: 0, rate: (t: number) => (t < 450 ? 100 : 500) }
    assert.equal(contest(demand, world, [])[0]!.score.overloadedS, 0)
  })
})
