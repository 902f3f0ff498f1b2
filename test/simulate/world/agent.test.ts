import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { periodFor } from '../../../agent/core/pace.ts'
import { createAgent, sleepS, type Agent } from '../../../src/simulate/world/agent.ts'
import { calm, KINDS, T, watch } from './made.ts'

const AWAKE = { everyS: null, lateS: 0 }

/** Has an agent read a CPU second by second; when each sample was taken, and what it says. */
function samples(agent: Agent, seconds: number, cpu: (t: number) => number): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  for (let at = 1; at <= seconds; at++) {
    agent.read(at, { cpu: cpu(at - 1), load1: 0, psi: 0 }, false)
    const latest = agent.latest(at)
    if (latest !== null && latest.at !== found.at(-1)?.[0]) found.push([latest.at, latest.stats['cpu']!])
  }
  return found
}
const gaps = (found: readonly (readonly [number, number])[]): readonly number[] =>
  found.slice(1).map(([at], index) => at - found[index]![0])

describe('a simulated agent', () => {
  it('sleeps as long as the real one at every load', () => {
    for (let load = 0; load <= 1; load += 0.01) assert.ok(Math.abs(sleepS(load) * 1000 - periodFor(load)) < 1e-6)
  })

  it('samples every ten seconds at rest and every second under load', () => {
    assert.ok(gaps(samples(createAgent(AWAKE, 0), 100, () => 0.02)).every((gap) => gap === 10))
    assert.ok(gaps(samples(createAgent(AWAKE, 0), 100, () => 0.9)).every((gap) => gap === 1))
    const half = gaps(samples(createAgent(AWAKE, 0), 100, () => 0.3))
    assert.ok(
      half.every((gap) => gap >= 3 && gap <= 5),
      half.join(),
    )
  })

  it('wakes at a jump within a second, with nothing of the quiet before it in the sample', () => {
    const found = samples(createAgent(AWAKE, 0), 40, (t) => (t < 25 ? 0.01 : 0.95))
    const after = found.find(([at]) => at > 25)
    assert.deepEqual(after, [26, 0.95])
  })

  it('falls asleep step by step, so that a pulse stays in view', () => {
    const found = gaps(samples(createAgent(AWAKE, 0), 60, (t) => (t < 20 ? 0.9 : 0)).filter(([at]) => at >= 20))
    assert.ok(found[0]! <= 2 && found.at(-1) === 10, found.join())
    assert.deepEqual(
      found,
      found.toSorted((a, b) => a - b),
    )
  })

  it('tells the mean of a fixed interval, where it has one', () => {
    const found = samples(createAgent({ everyS: 10, lateS: 0 }, 0), 41, (t) => (t % 10 < 5 ? 1 : 0))
    assert.deepEqual(gaps(found), [10, 10, 10, 10])
    assert.ok(found.slice(1).every(([, cpu]) => cpu === 0.5))
  })

  it('is heard late by as much as samples take', () => {
    const agent = createAgent({ everyS: null, lateS: 4 }, 0)
    for (let at = 1; at <= 20; at++) {
      agent.read(at, { cpu: 0.9, load1: 0, psi: 0 }, false)
      assert.equal(agent.latest(at)?.at ?? null, at < 5 ? null : at - 4)
    }
  })

  for (const kind of KINDS) {
    it(`and its neighbours are of different ages at rest (${kind})`, () => {
      const { views } = watch(
        () => 1,
        () => 6,
        calm(kind),
        100,
      )
      const ages = views.slice(30).map((view) => view.members.map(({ sampleAt }) => view.t - sampleAt!))
      assert.ok(ages.every((all) => all.every((age) => age >= 0 && age <= 10)))
      assert.ok(
        ages.some((all) => new Set(all).size >= 4),
        'no two of a pool need be',
      )
    })

    it(`says nothing while it is silent: what it said last grows old (${kind})`, () => {
      const { views } = watch(
        () => 150,
        () => 2,
        calm(kind, { silent: (t, index) => index === 1 && t >= 50 }),
        100,
      )
      const [first, second] = views.at(-1)!.members
      assert.ok(views.at(-1)!.t - first!.sampleAt! <= 2)
      assert.equal(second!.sampleAt, T + 50)
      assert.ok(second!.stats !== null && second!.traffic !== null, 'its balancer sees it all the same')
    })

    it(`of a silent member was never heard (${kind})`, () => {
      const { views } = watch(
        () => 150,
        () => 4,
        calm(kind, { silentShare: 1, lateS: 15 }),
        200,
      )
      const [first, ...rest] = views.at(-1)!.members
      assert.equal(views.at(-1)!.t - first!.sampleAt! >= 15, true)
      assert.ok(rest.length === 3 && rest.every(({ stats, sampleAt }) => stats === null && sampleAt === null))
      assert.ok(
        rest.every(({ metered }) => metered === undefined),
        'nor by any other platform',
      )
    })
  }
})
