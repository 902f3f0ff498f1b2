import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_POLICY } from '../../../../src/core/model/policy.ts'
import { goals } from '../../../../src/core/policy/load/reading.ts'
import { rescale } from '../../../../src/core/policy/load/rescale.ts'
import { changesOf, timeline } from '../timeline.ts'

describe('a new target', () => {
  it('recounts what was seen under the old one', () => {
    const pool = timeline({ target: 0.4 }, { reports: ['cpu', 'rps', 'inflight'], members: 4 })
    pool.run(600, () => 1.6)
    const load = pool.memory().load!
    const other = rescale(load, goals({ ...DEFAULT_POLICY, target: 0.8 }))
    const half = (a: number, b: number): void => assert.ok(Math.abs(a - b / 2) < 1e-9, `${a} of ${b}`)
    half(other.recent.at(-1)!.demand, load.recent.at(-1)!.demand)
    half(other.minutes[3]!, load.minutes[3]!)
    half(Math.max(...other.season.bins), Math.max(...load.season.bins))
    assert.equal(Math.min(...other.season.bins), -1, 'never seen stays never seen')
    half(other.noise, load.noise / 2)
    assert.equal(rescale(load, goals({ ...DEFAULT_POLICY, target: 0.4 })), load)
    const orders = rescale(load, goals({ ...DEFAULT_POLICY, stat: 'orders', target: 5 }))
    assert.deepEqual([orders.recent, orders.minutes, orders.neededAt], [[], [], []], 'another statistic begins anew')
    assert.deepEqual(orders.boots, load.boots, 'and boots are boots')
  })

  it('takes effect at once when it is lower, and is no rise', () => {
    const pool = timeline({ target: 0.8 }, { members: 4 })
    pool.run(300, () => 3)
    pool.setPolicy({ target: 0.5 })
    const changes = changesOf(pool.run(300, () => 3))
    assert.deepEqual(changes, ['0: 4→6'])
  })

  it('makes room for fewer when it is higher: old peaks are no longer so many members', () => {
    const pool = timeline({ target: 0.4, slowMinute: 0, scaleInWindowMs: 1_800_000 }, { members: 8 })
    pool.run(1200, () => 3.1)
    pool.setPolicy({ target: 0.8 })
    pool.run(120, () => 3.1)
    assert.equal(pool.size(), 4, 'within the half hour that is looked back on')
  })
})
