import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changesOf, timeline, type TimelineOptions } from '../timeline.ts'

const TOLD: TimelineOptions = { reports: ['cpu', 'rps', 'inflight'] }

describe('the fast path and the steady path', () => {
  it('answers a jump within two seconds, with its whole size', () => {
    const pool = timeline({}, { ...TOLD, members: 4 })
    pool.run(300, () => 2.4)
    const changes = changesOf(pool.run(300, () => 3.7))
    assert.match(changes[0]!, /^[01]: 4→5$/)
    assert.ok(pool.size() <= 6, changes.join(', '))
  })

  it('answers slow samples as well: one every ten seconds', () => {
    const pool = timeline({}, { ...TOLD, stepSeconds: 10, members: 2 })
    pool.run(600, () => 1)
    const changes = changesOf(
      pool.run(600, () => 1.99),
      10,
    )
    assert.match(changes[0]!, /^(0|10): 2→3$/)
  })

  it('is slower to believe where the policy asks for a longer window', () => {
    const first = (windowMs: number): number => {
      const pool = timeline({ windowMs }, { ...TOLD, members: 4 })
      pool.run(300, () => 2.4)
      return pool.run(120, () => 3.7).findIndex((judgement) => judgement.kind === 'scaleOut')
    }
    assert.ok(first(1000) <= 1)
    const late = first(20_000)
    assert.ok(late >= 10 && late <= 40, `after ${late} s`)
  })

  it('does not take a jump for the beginning of a rise', () => {
    for (const members of [4, 10]) {
      const pool = timeline({ min: members }, { ...TOLD, members })
      pool.run(300, () => members * 0.3)
      const judgements = pool.run(900, () => members * 0.75)
      assert.deepEqual(changesOf(judgements), [], `${members} members at 75 %`)
    }
  })

  it('asks for no company because of a CPU that is busy with its own affairs', () => {
    // A request every two seconds, at 0.6 CPU-seconds each if all the work were theirs.
    const pool = timeline({}, { reports: ['cpu', 'rps', 'inflight', 'p95'], cost: 0.6 })
    assert.deepEqual(changesOf(pool.run(600, () => 0.3)), [])
  })

  it('sees through noise: a busy second at ten requests a second is not a trend', () => {
    let orders = 0
    for (const seed of [1, 2, 3]) {
      const pool = timeline({}, { ...TOLD, cost: 0.04, seed })
      const judgements = pool.run(3600, () => 0.4)
      assert.ok(
        judgements.some((judgement) => judgement.inputs.some(({ name, value }) => name === 'cpu' && value > 0.85)),
      )
      orders += judgements.filter((judgement) => judgement.kind === 'scaleOut').length
      assert.ok(pool.size() <= 2)
    }
    assert.ok(orders <= 2, `${orders} orders in three hours, for nothing`)
  })

  it('keeps room for chance where requests are few and dear', () => {
    const few = timeline({}, { reports: ['cpu', 'rps'], cost: 0.25, seed: 5 })
    few.run(900, () => 0.8)
    const many = timeline({}, { reports: ['cpu', 'rps'], cost: 0.002, seed: 5 })
    many.run(900, () => 0.8)
    assert.equal(many.size(), 1)
    assert.ok(few.size() > many.size(), 'the same work, in a few large pieces')
  })

  it('begins anew after a gap: what was an hour ago is not the last minute', () => {
    const pool = timeline({}, { ...TOLD, members: 4 })
    pool.run(120, () => 3.4)
    const before = pool.memory().load!.recent.length
    for (const one of pool.members()) pool.silence(one.id)
    pool.run(600, () => 3.4)
    for (const one of pool.members()) pool.silence(one.id, false)
    const [back] = pool.run(1, () => 1)
    assert.ok(before > 50)
    assert.equal(pool.memory().load!.recent.length, 1)
    assert.equal(back!.kind, 'hold')
  })
})

describe('the trend', () => {
  it('orders a clone a boot time before it is needed, so that a steady rise is never too much', () => {
    for (const bootSeconds of [30, 60, 120]) {
      const pool = timeline({}, { ...TOLD, bootSeconds, told: { bootMs: bootSeconds * 1000 } })
      pool.run(180, () => 0.3)
      const judgements = pool.run(1800, (t) => 0.3 + t * 0.004)
      assert.equal(pool.slowSeconds(), 0, `boots of ${bootSeconds} s`)
      assert.ok(pool.size() >= 8 && pool.size() <= 12, `${pool.size()} members for 7.5 CPUs`)
      const first = judgements.find((judgement) => judgement.kind === 'scaleOut')!
      assert.match(first.reason, /It is rising: by the time a clone can help \(.+\) it asks for 2\./)
      assert.match(first.formula, /in .* = 2$/)
    }
  })

  it('looks further ahead where clones boot slower', () => {
    const orderedAt = (bootMs: number): number => {
      const pool = timeline({}, { ...TOLD, bootSeconds: bootMs / 1000, told: { bootMs } })
      pool.run(180, () => 0.3)
      return pool.run(900, (t) => 0.3 + t * 0.002).findIndex((judgement) => judgement.kind === 'scaleOut')
    }
    const [fast, slow] = [orderedAt(30_000), orderedAt(240_000)]
    assert.ok(slow < fast - 60, `after ${slow} s with slow boots, ${fast} s with fast ones`)
  })

  it('ends when the rise ends', () => {
    const pool = timeline({}, TOLD)
    pool.run(180, () => 0.3)
    pool.run(300, (t) => 0.3 + t * 0.01)
    pool.run(120, () => 3.3)
    const judgements = pool.run(600, () => 3.3)
    assert.deepEqual(
      judgements.filter((judgement) => judgement.kind === 'scaleOut'),
      [],
    )
  })
})
