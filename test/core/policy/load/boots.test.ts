import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bootMs } from '../../../../src/core/policy/load/boots.ts'
import { changesOf, timeline, type TimelineOptions } from '../timeline.ts'

const TOLD: TimelineOptions = { reports: ['cpu', 'rps', 'inflight'] }

describe('clones on their way in', () => {
  it('are counted: the same demand is not answered twice, however long they boot', () => {
    for (const bootSeconds of [20, 90, 300]) {
      const pool = timeline({}, { ...TOLD, bootSeconds })
      pool.run(120, () => 0.5)
      const judgements = pool.run(bootSeconds, () => 4)
      // What waits grows into view within seconds; from then on nothing more is ordered.
      const late = judgements.slice(10)
      assert.deepEqual(changesOf(late), [], `boots of ${bootSeconds} s: ${changesOf(judgements).join(', ')}`)
      const last = judgements.at(-1)!
      assert.ok(last.from >= 5 && last.from <= 10, `${last.from} members for 4 CPUs at 80 %, spare boots included`)
      assert.match(
        judgements[10]!.reason,
        /^Holding at \d+: CPU 100 %, target 80 %(, which asks for hardly more \(\d+\))?; \d+ members are still on the way in\.$/,
      )
      assert.equal(judgements[10]!.rule, 'booting')
    }
  })

  it('do not hide that much more is wanted meanwhile', () => {
    const pool = timeline({}, TOLD)
    pool.run(120, () => 0.5)
    pool.run(20, () => 2)
    const size = pool.size()
    const [more] = pool.run(2, () => 9).slice(-1)
    assert.ok(size <= 5 && pool.size() >= 10, `${size}, then ${pool.size()}: ${more!.reason}`)
  })

  it('keep everyone else in place until they are in and have settled', () => {
    const pool = timeline({ slowMinute: 0, scaleInCooldownMs: 0 }, { ...TOLD, members: 3, bootSeconds: 120 })
    pool.run(60, () => 2)
    pool.pin(4, 60_000)
    pool.run(2, () => 0.2)
    const judgements = pool.run(118, () => 0.2)
    assert.equal(pool.size(), 4)
    const last = judgements.at(-2)!
    assert.equal(last.rule, 'booting')
    assert.match(last.reason, /^Holding at 4: 1 member is still on the way in, and nothing leaves meanwhile\.$/)
    pool.run(60, () => 0.2)
    assert.ok(pool.size() < 4)
  })

  it('ask for no company while they alone start up', () => {
    const pool = timeline({}, { members: 0, bootSeconds: 10, reports: ['cpu'] })
    const [order] = pool.run(1, () => 0)
    assert.equal(order!.to, 1)
    pool.run(9, () => 0)
    const started = pool.run(5, () => 1)
    assert.deepEqual(changesOf(started), [], 'its own start is no visitor')
    assert.ok(started.some((judgement) => judgement.reason.includes('first figures are its own start')))
    pool.run(60, () => 0.2)
    assert.equal(pool.size(), 1)
  })
})

describe('the boot time', () => {
  it('is what the provider says, or a guess, until the pool has seen three of its own', () => {
    assert.equal(bootMs([], null), 75_000)
    assert.equal(bootMs([], 40_000), 40_000)
    assert.equal(bootMs([20_000, 20_000], 40_000), 40_000)
    assert.equal(bootMs([90_000], 40_000), 90_000, 'slower than said is believed at once')
    assert.equal(bootMs([20_000, 21_000, 22_000], 40_000), 22_000)
  })

  it('is one that all but a twentieth of the last clones kept to', () => {
    const boots = Array.from({ length: 20 }, (_, index) => (index + 1) * 1000)
    assert.equal(bootMs(boots, null), 19_000, 'one odd clone in twenty does not count')
    assert.equal(bootMs(boots.slice(10), null), 20_000)
  })

  it('is learned from the clones themselves, from order to service', () => {
    const pool = timeline({}, { ...TOLD, bootSeconds: 33, told: { bootMs: 100_000 } })
    pool.run(60, () => 0.5)
    const said = pool.memory().load!.need!.horizonMs
    pool.run(100, () => 4)
    const { boots, need } = pool.memory().load!
    assert.ok(boots.length >= 3)
    assert.ok(boots.every((ms) => ms === 33_000))
    assert.equal(said - need!.horizonMs, 67_000, 'it looks ahead by as much less')
  })

  it('is forgotten beyond the last twenty', () => {
    const pool = timeline({}, { ...TOLD, bootSeconds: 5 })
    pool.run(60, () => 0.5)
    pool.run(60, () => 30)
    assert.equal(pool.memory().load!.boots.length, 20)
    assert.ok(pool.size() > 25)
  })

  it('reaches as much further as samples are late', () => {
    const late = timeline({}, { ...TOLD, lateSeconds: 15 })
    late.run(60, () => 0.5)
    const fresh = timeline({}, TOLD)
    fresh.run(60, () => 0.5)
    assert.equal(late.memory().load!.need!.horizonMs - fresh.memory().load!.need!.horizonMs, 15_000)
  })
})
