import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Second, Visit } from '../../src/demo/traffic/tally.ts'
import { createVisits } from '../../src/demo/visits.ts'

const T = 1_700_000_000_000

/** A second that ends `endS` after T, with the visits that ended in it. */
function second(endS: number, visits: readonly Visit[]): Second {
  const answered = visits.filter(({ failed }) => !failed).map(({ ms }) => ms)
  return {
    kind: 'second',
    second: endS,
    at: T + endS * 1000,
    rate: 4,
    offered: visits.length,
    answered: answered.length,
    failed: visits.length - answered.length,
    waiting: 0,
    p50Ms: answered[0] ?? null,
    p95Ms: answered.length === 0 ? null : Math.max(...answered),
    visits,
  }
}
const visit = (atS: number, ms: number, failed = false): Visit => ({ at: T + atS * 1000, ms, failed })

describe('the visits of the demo', () => {
  it('count by when visitors came: a wait that ends after the first clone belongs to the overload', () => {
    const visits = createVisits()
    visits.add(second(1, [visit(0.2, 20), visit(0.6, 30)]))
    visits.add(second(3, [visit(1.2, 1700)]))
    // These came before the clone at second 3, and were served, or gave up, long after.
    visits.add(second(12, [visit(2.5, 9000), visit(2.9, 10_000, true), visit(11, 25)]))
    assert.equal(visits.stretch(T, T + 1000).p95Ms, 30)
    assert.equal(visits.stretch(T + 1000, T + 3000).p95Ms, 10_000, 'who gives up has waited until then')
    assert.equal(visits.stretch(T + 3000, T + 12_000).p95Ms, 25)
    assert.deepEqual([visits.failed(T), visits.failed(T + 3000)], [1, 0])
  })

  it('take all requests together, not a typical second', () => {
    const visits = createVisits()
    // Nine seconds of one quick visit, and one second of a hundred slow ones.
    for (let at = 1; at < 10; at++) visits.add(second(at, [visit(at - 0.5, 10)]))
    visits.add(
      second(
        10,
        Array.from({ length: 100 }, () => visit(9.1, 800)),
      ),
    )
    assert.equal(visits.stretch(T, T + 10_000).p95Ms, 800)
    assert.equal(visits.stretch(T, T + 10_000).rps, 10.9)
  })

  it('look back a few seconds for what visitors feel now', () => {
    const visits = createVisits()
    assert.equal(visits.lately(3000), null)
    visits.add(second(1, [visit(0.5, 5000)]))
    visits.add(second(9, [visit(8.5, 40)]))
    assert.equal(visits.lately(3000), 40)
    visits.add(second(20, []))
    assert.equal(visits.lately(3000), null)
  })

  it('are quick when each of the last seconds was, without a failure', () => {
    const visits = createVisits()
    visits.add(second(1, [visit(0.5, 20)]))
    assert.equal(visits.quick(2, 100), false, 'there were not so many seconds')
    visits.add(second(2, [visit(1.5, 20)]))
    assert.equal(visits.quick(2, 100), true)
    visits.add(second(3, [visit(2.5, 20), visit(2.6, 30, true)]))
    assert.equal(visits.quick(2, 100), false)
    assert.equal(visits.quick(1, 100), false)
    visits.add(second(4, []))
    assert.equal(visits.quick(1, 100), false, 'nobody came')
  })
})
