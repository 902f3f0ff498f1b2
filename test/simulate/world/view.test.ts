import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { calm, KINDS, mean, watch } from './made.ts'

for (const kind of KINDS) {
  describe(`what a balancer tells (${kind})`, () => {
    const streams = (): number => 60
    const elsewhereS = (): number => 0.5

    it('is everything: what waits apart from what streams', () => {
      const { views } = watch(
        () => 100,
        () => 2,
        calm(kind, { streams, elsewhereS }),
        300,
      )
      const seen = views.slice(100).map((view) => view.members[0]!.traffic!)
      assert.ok(seen.every((one) => one.streaming === 30 && one.queued === 0))
      assert.ok(seen.every((one) => Math.abs(one.inFlight! - one.waiting! - one.streaming!) < 1e-9))
      assert.ok(Math.abs(mean(seen.map((one) => one.rps!)) - 50) < 1.5)
      assert.ok(Math.abs(mean(seen.map((one) => one.waiting!)) - 25) < 3, 'fifty a second, half a second each')
    })

    it('or only counts, which do not tell them apart', () => {
      const { views } = watch(
        () => 100,
        () => 2,
        calm(kind, { streams, balancer: 'counts' }),
        300,
      )
      const { traffic } = views.at(-1)!.members[0]!
      assert.deepEqual(
        [traffic!.waiting, traffic!.streaming, traffic!.queued, traffic!.firstByteP95],
        [null, null, null, null],
      )
      assert.ok(traffic!.inFlight! >= 30 && traffic!.p95! > 0)
    })

    it('or nothing, while other platforms go on metering', () => {
      const { views } = watch(
        () => 100,
        () => 2,
        calm(kind, { streams, balancer: 'nothing' }),
        300,
      )
      const [member] = views.at(-1)!.members
      assert.equal(member!.traffic, null)
      assert.ok(member!.stats!['cpu']! > 0.4)
      assert.ok(member!.metered!.inFlight >= 30, 'Knative counts what is open')
      assert.ok(Math.abs(mean(views.slice(100).map((view) => view.members[0]!.metered!.arrived)) - 50) < 1)
    })

    it('of times: how long nineteen in twenty answers took', () => {
      const { views } = watch(
        () => 150,
        () => 1,
        calm(kind),
        60,
      )
      const seen = views.slice(30).map((view) => view.members[0]!.traffic!.p95!)
      assert.ok(
        seen.every((p95) => p95 > 3.5 && p95 < 6.5),
        `a full queue of five seconds: ${seen.at(-1)}`,
      )
    })
  })

  describe(`what other platforms meter (${kind})`, () => {
    it('does not sleep, and is as late as samples are', () => {
      const { views } = watch(
        (t) => (t < 60 ? 2 : 80),
        () => 1,
        calm(kind, { lateS: 5 }),
        90,
      )
      const cpu = views.map((view) => view.members[0]!.metered?.cpu)
      assert.equal(cpu[3], undefined)
      // views[n] is of second n + 1; the 61st second is heard of five seconds after it ended.
      const first = cpu.findIndex((value) => value !== undefined && value > 0.5)
      assert.equal(views[first]!.t - views[0]!.t + 1, 61 + 5)
    })
  })
}
