import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Metered, PoolView } from '../../../src/simulate/scaler.ts'
import { calm, KINDS, mean, watch } from './made.ts'

const meter = (view: PoolView | undefined, id: string): Metered => {
  const found = view?.members.find((member) => member.id === id)?.metered
  assert.ok(found, `${id} is metered`)
  return found
}
/** The mean of a figure of a member over some seconds. */
const over = (views: readonly PoolView[], id: string, figure: keyof Metered, from: number, to: number): number =>
  mean(views.slice(from, to).map((view) => meter(view, id)[figure]))
const near = (value: number, wanted: number, by: number, what: string): void =>
  assert.ok(Math.abs(value - wanted) <= by, `${what}: ${value}, not ${wanted}`)

for (const kind of KINDS) {
  describe(`a member, ${kind === 'fluid' ? 'by the second' : 'request by request'}`, () => {
    it('has a queue of its own: a newcomer takes none of what already waits elsewhere', () => {
      const rate = (t: number): number => (t < 100 ? 110 : 10)
      const world = calm(kind, { bootS: [60, 60], patienceS: 60 })
      // The second comes in as visitors stop coming: the first has 1,000 requests to do, ten seconds of its CPU.
      const { views } = watch(rate, (t) => (t < 40 ? 1 : 2), world, 130)
      near(meter(views[99], 'm0').inFlight, 1000, 60, 'before the first')
      near(over(views, 'm1', 'inFlight', 101, 105), 0, 0.5, 'before the second')
      near(over(views, 'm0', 'cpu', 101, 105), 1, 0.02, 'the first goes on alone')
      near(over(views, 'm1', 'cpu', 101, 105), 0.1, 0.03, 'the second has the new ones')
      assert.ok(meter(views[120], 'm0').inFlight < 2)
    })

    it('that is slow is fuller while all have room, and is sent fewer when they have not', () => {
      const slow = calm(kind, { speed: (index) => (index === 1 ? 0.3 : 1) })
      const quiet = watch(
        () => 30,
        () => 3,
        slow,
      ).views
      assert.ok(
        over(quiet, 'm1', 'cpu', 200, 800) > 1.5 * over(quiet, 'm0', 'cpu', 200, 800),
        'the same few cost it more',
      )
      const busy = watch(
        () => 200,
        () => 3,
        slow,
      ).views
      assert.ok(over(busy, 'm1', 'arrived', 200, 800) < 0.6 * over(busy, 'm0', 'arrived', 200, 800))
    })

    it('that is cold serves less for as long as it is', () => {
      const world = calm(kind, { bootS: [50, 50], speed: (_, ageS) => (ageS < 100 ? 0.25 : 1) })
      const { views } = watch(
        () => 60,
        (t) => (t < 50 ? 2 : 3),
        world,
        400,
      )
      const cpu = (from: number): number => over(views, 'm2', 'cpu', from, from + 60)
      assert.ok(cpu(110) > 1.5 * cpu(240), `${cpu(110)} cold, ${cpu(240)} warm`)
    })

    it('shows the CPU that something else takes, and has it for visitors only where that gives way', () => {
      for (const [nice, slow] of [
        [true, false],
        [false, true],
      ] as const) {
        const background = (t: number): { share: number; nice: boolean } => ({ share: t < 300 ? 0 : 0.6, nice })
        const { views, seconds } = watch(
          () => 60,
          () => 1,
          calm(kind, { background }),
        )
        near(over(views, 'm0', 'cpu', 100, 299), 0.6, 0.03, 'before')
        near(over(views, 'm0', 'cpu', 400, 800), 1, 0.03, 'with it')
        assert.equal(
          seconds.slice(320).some((second) => second.overloaded),
          slow,
        )
      }
    })

    it('alone may be the one that is busy with something else', () => {
      const background = (_: number, index: number): { share: number; nice: boolean } => ({
        share: index === 1 ? 0.5 : 0,
        nice: false,
      })
      const { views } = watch(
        () => 20,
        () => 3,
        calm(kind, { background }),
      )
      near(over(views, 'm0', 'cpu', 100, 800), over(views, 'm2', 'cpu', 100, 800), 0.02, 'its neighbours')
      assert.ok(over(views, 'm1', 'cpu', 100, 800) > 0.5)
    })

    it('is not kept busy by requests that wait elsewhere', () => {
      const { views, seconds } = watch(
        () => 40,
        () => 2,
        calm(kind, { elsewhereS: (t) => (t < 400 ? 0 : 4) }),
      )
      near(over(views, 'm0', 'cpu', 500, 800), over(views, 'm0', 'cpu', 100, 400), 0.02, 'its CPU')
      near(over(views, 'm0', 'inFlight', 500, 800), 80, 8, 'but 20 a second for 4 s each are there')
      assert.ok(seconds.every((second) => !second.overloaded))
      near(views.at(-1)!.members[0]!.traffic!.p95!, kind === 'fluid' ? 12 : 4, 1, 'and answers take long')
    })

    it('waits for the same lock as all the others: the more come, the longer, however many members there are', () => {
      const elsewhereS = (_: number, __: number, rps: number): number => 0.01 / Math.max(0.01, 1 - 0.01 * rps)
      const there = (rate: number, size: number): number => {
        const { views } = watch(
          () => rate,
          () => size,
          calm(kind, { elsewhereS }),
        )
        return mean(
          views.slice(300).map((view) => view.members.reduce((sum, { traffic }) => sum + traffic!.inFlight!, 0)),
        )
      }
      assert.ok(there(90, 4) > 5 * there(30, 4))
      near(there(90, 8), there(90, 4), 2, 'four more do not help')
    })

    it('does no work for connections that are only open', () => {
      const streams = (t: number): number => (t < 300 ? 0 : 500)
      const { views, seconds } = watch(
        () => 10,
        () => 2,
        calm(kind, { streams }),
      )
      near(over(views, 'm0', 'cpu', 400, 800), over(views, 'm0', 'cpu', 100, 300), 0.01, 'its CPU')
      assert.ok(seconds.every((second) => !second.overloaded && second.waiting < 5))
      const { stats } = views.at(-1)!.members[0]!
      assert.ok(stats!['load1']! < 0.2 && stats!['psi']! < 0.05)
    })

    it('that is being deployed answers nobody: its requests are lost, and the others take the new ones', () => {
      const all = watch(
        () => 60,
        () => 2,
        calm(kind, { down: (t) => t >= 100 && t < 110 }),
        200,
      ).seconds
      assert.equal(all.filter((second) => second.overloaded).length, 10)
      near(
        all.reduce((sum, second) => sum + second.lost, 0),
        600,
        10,
        'all who came in ten seconds',
      )
      const one = watch(
        () => 60,
        () => 2,
        calm(kind, { down: (t, index) => index === 0 && t >= 100 && t < 110 }),
        200,
      )
      assert.ok(one.seconds.reduce((sum, second) => sum + second.lost, 0) < 10)
      near(over(one.views, 'm1', 'arrived', 102, 109), 60, 2, 'the other has them all')
      near(over(one.views, 'm0', 'arrived', 102, 109), 0, 0, 'and it none')
    })

    it('is kept waiting by heavy requests', () => {
      const heavy = { share: 0.02, times: 100 }
      const light = watch(
        () => 30,
        () => 2,
        calm(kind),
      ).views
      const both = watch(
        () => 30,
        () => 2,
        calm(kind, { heavy, chance: true }),
      ).views
      near(over(light, 'm0', 'cpu', 100, 890), 0.15, 0.02, 'without')
      near(mean(['m0', 'm1'].map((id) => over(both, id, 'cpu', 100, 890))), 0.15 * 2.98, 0.06, 'three times the work')
    })
  })
}

describe('a visitor, request by request', () => {
  it('gives up after as long as patience lasts, and holds a place until then', () => {
    const { seconds, views } = watch(
      () => 150,
      () => 1,
      calm('requests', { patienceS: 2 }),
      60,
    )
    const first = seconds.findIndex((second) => second.lost > 0)
    // The queue grows by half a second of work a second: after four, who comes waits over two.
    assert.ok(first >= 5 && first <= 7, `${first}`)
    near(meter(views.at(-1), 'm0').inFlight, 200 + 2 * 50, 25, 'two seconds of work, and those about to give up')
    assert.ok(seconds.slice(5).every((second) => second.overloaded))
  })
})
