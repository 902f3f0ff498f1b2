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
  it('is read from work that piles up, and met in one step', () => {
    const pool = overrun(['cpu', 'rps', 'inflight'])
    const changes = changesOf(pool.run(600, () => 5))
    assert.match(changes[0]!, /^0: 1→[678]$/)
    assert.equal(changes.length, 1, `${changes.join(', ')}: nothing more`)
    assert.ok(pool.slowSeconds() <= 70, `slow for ${pool.slowSeconds()} s`)
  })

  it('is still known when visitors leave and the pile no longer grows', () => {
    const pool = overrun(['cpu', 'rps', 'inflight', 'p95'])
    const before = pool.run(40, () => 5)
    assert.ok(before.every((judgement) => judgement.to <= RIGHT + 2))
    assert.ok(before.at(-1)!.wanted >= RIGHT, 'the visitors who left would have stayed')
  })

  it('is read from requests that take long, where nothing else is told', () => {
    const pool = overrun(['cpu', 'p95'])
    const changes = changesOf(pool.run(600, () => 5))
    assert.match(changes[0]!, /^[01]: 1→[678]$/)
    assert.ok(changes.length <= 3, changes.join(', '))
    assert.ok(pool.slowSeconds() <= 75, `slow for ${pool.slowSeconds()} s`)
  })

  it('is made out roughly from pressure: further than a guess, not beyond belief', () => {
    const [first] = overrun(['cpu', 'psi']).run(1, () => 5)
    assert.ok(first!.to >= 4 && first!.to <= 6, `went to ${first!.to}`)
    assert.match(first!.reason, /More is asked for than the members can show: about 5 members’ work is coming in/)
  })

  it('is made out roughly from the run queue, as it fills', () => {
    const told = overrun(['cpu', 'load1'])
    told.run(59, () => 5)
    const guessed = overrun(['cpu'])
    guessed.run(59, () => 5)
    assert.ok(told.size() > guessed.size(), `${told.size()} against ${guessed.size()}`)
    assert.ok(told.size() <= RIGHT)
  })

  it('is guessed as about twice as much where only the CPU is known, again and again once the clones are in', () => {
    const pool = overrun(['cpu'])
    const changes = changesOf(pool.run(120, () => 5))
    assert.equal(changes[0], '0: 1→2')
    assert.match(changes[1]!, /^\d+: 2→4$/)
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
