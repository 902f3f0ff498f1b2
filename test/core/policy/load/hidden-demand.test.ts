import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { changesOf, timeline, type Reported, type Timeline } from '../timeline.ts'

/** A member at half its CPU, and then ten times as much is wanted. */
function overrun(reports: readonly Reported[]): Timeline {
  const pool = timeline({}, { reports, bootSeconds: 60 })
  pool.run(120, () => 0.5)
  return pool
}
/** 5 CPUs at 80 %, at most 12 % over. */
const RIGHT = 6

describe('demand beyond 100 %', () => {
  it('is read from work that piles up, and met within seconds', () => {
    const pool = overrun(['cpu', 'rps', 'inflight'])
    const changes = changesOf(pool.run(600, () => 5))
    assert.match(changes[0]!, /^0: 1→[4567]$/)
    const orders = pool.size()
    assert.ok(orders >= 5 && orders <= 2 * RIGHT, `${orders} members for 5 CPUs at 80 %`)
    assert.ok(pool.slowSeconds() <= 70, `slow for ${pool.slowSeconds()} s`)
  })

  it('is still known when visitors leave and the pile no longer grows', () => {
    const pool = overrun(['cpu', 'rps', 'inflight', 'p95'])
    const before = pool.run(40, () => 5)
    assert.ok(before.every((judgement) => judgement.to <= 2 * RIGHT))
    assert.ok(before.at(-1)!.wanted >= RIGHT, 'the visitors who left would have stayed')
  })

  it('is believed where requests take long, and nothing else is told', () => {
    const pool = overrun(['cpu', 'p95'])
    const changes = changesOf(pool.run(600, () => 5))
    assert.match(changes[0]!, /^[01]: 1→[23]$/, 'how many come is not known: a guess doubles the pool')
    assert.ok(pool.size() >= 5, changes.join(', '))
    assert.ok(pool.slowSeconds() <= 200, `slow for ${pool.slowSeconds()} s`)
  })

  it('is believed where pressure agrees, and guessed as about twice as much', () => {
    const [first] = overrun(['cpu', 'psi']).run(1, () => 5)
    assert.ok(first!.to >= 2 && first!.to <= 3, `went to ${first!.to}`)
    assert.match(first!.reason, /More is asked for than the members can show: about 2\.2 members’ work is coming in/)
  })

  it('is believed where the run queue agrees, as it fills', () => {
    const told = overrun(['cpu', 'load1'])
    told.run(59, () => 5)
    assert.ok(told.size() >= 2, `${told.size()} members`)
    assert.ok(told.size() <= RIGHT)
  })

  it('is guessed as about twice as much where only the CPU is known, again and again once the clones are in', () => {
    const pool = overrun(['cpu'])
    const changes = changesOf(pool.run(120, () => 5))
    assert.match(changes[0]!, /^0: 1→[23]$/)
    assert.match(changes[1]!, /^\d+: [23]→[456]$/)
    assert.ok(Number(changes[1]!.split(':')[0]) >= 60, 'not before the first is in')
    pool.run(180, () => 5)
    assert.ok(pool.size() >= RIGHT && pool.size() <= 3 * RIGHT, `${pool.size()} members; a guess is no rise`)
    pool.run(1500, () => 5)
    assert.ok(pool.size() <= RIGHT + 2, `${pool.size()} members: too many go again`)
  })

  it('is not seen in a queue that is being worked off', () => {
    const pool = overrun(['cpu', 'rps', 'inflight', 'p95'])
    pool.run(60, () => 5)
    const after = pool.run(120, () => 5)
    assert.ok(
      after.every((judgement) => judgement.kind !== 'scaleOut'),
      changesOf(after).join(', '),
    )
  })

  it('is not imagined on members that are busy but keep up', () => {
    const pool = timeline({}, { members: 2, reports: ['cpu', 'rps', 'inflight', 'p95', 'load1', 'psi'] })
    const judgements = pool.run(300, () => 1.75)
    assert.ok(
      judgements.every((judgement) => judgement.kind === 'hold'),
      changesOf(judgements).join(', '),
    )
  })
})
