import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Stats } from '../../../../src/core/model/sample.ts'
import { chance, scene, type Scene, type Shows } from './scene.ts'

interface Member {
  readonly rps?: number
  readonly cpu?: number
  readonly p95?: number
  readonly more?: Stats
}
const like =
  (odd: Member, which = 2, usual: Member = {}) =>
  (index: number, t: number): Shows => {
    const { rps = 20, cpu = 0.3, p95 = 0.1, more = {} } = { ...usual, ...(index === which ? odd : {}) }
    const wobble = 0.85 + 0.3 * chance(t, index)
    return {
      stats: { cpu: Math.min(1, cpu * wobble), ...more },
      traffic: { rps: rps * wobble, p95, waiting: 1, inFlight: 2 },
    }
  }
const names = (pool: Scene): readonly string[] =>
  pool.raised().map((found) => (found.kind === 'member' ? `${found.memberId} ${found.odd.how}` : found.kind))

describe('members that are not like the others', () => {
  for (const [what, odd, usual, how] of [
    ['requests cost it several times as much', { cpu: 0.9, rps: 12 }, { cpu: 0.2 }, 'dear'],
    ['it does something else besides', { cpu: 0.75 }, { cpu: 0.15 }, 'dear'],
    ['its host takes a quarter of its CPU', { more: { steal: 0.25 } }, { more: { steal: 0.01 } }, 'stolen'],
    ['its disk is slow', { p95: 2 }, {}, 'slow'],
    ['it is slow at hardly any CPU', { p95: 0.8, cpu: 0.05, rps: 4 }, {}, 'slow'],
    ['its balancer sees nothing of its full CPU', { cpu: 2, rps: 4, p95: 0.1 }, {}, 'disagrees'],
  ] as const) {
    it(`are named: ${what}`, () => {
      const pool = scene(4, { min: 4 })
      pool.run(200, like({}, 2, usual))
      assert.deepEqual(names(pool), [])
      const judgement = pool.run(500, like(odd, 2, usual))
      assert.deepEqual(names(pool), [`web-3 ${how}`])
      assert.match(judgement.reason, /web-3/)
      pool.run(900, like({}, 2, usual))
      assert.deepEqual(names(pool), [], 'it is over')
    })
  }

  for (const goal of [
    { stat: 'queue_depth', target: 50, how: 'mean', across: 'member' },
    { stat: 'search_ms', target: 200, how: 'p95', across: 'member' },
    { stat: 'jobs', target: 10, how: 'sum', across: 'pool' },
  ] as const) {
    it(`are named where ${goal.stat}, which the policy goes by, is far off`, () => {
      const pool = scene(4, { min: 4, also: [goal] })
      const usual = { more: { [goal.stat]: goal.target / 4 } }
      pool.run(500, like({ more: { [goal.stat]: goal.target * 6 } }, 1, usual))
      assert.deepEqual(names(pool), ['web-2 stat'])
    })
  }

  it('are forgotten when nothing is told of it any more: no answers, no steal, no requests', () => {
    for (const [before, then] of [
      [{ p95: 2 }, { stats: { cpu: 0.01 }, traffic: { rps: 0, p95: null } }],
      [{ more: { steal: 0.3 } }, { stats: { cpu: 0.3 }, traffic: { rps: 20, p95: 0.1 } }],
      [{ cpu: 0.9 }, { stats: { cpu: 0.9 }, traffic: { rps: null, p95: 0.1 } }],
    ] as const) {
      const pool = scene(4, { min: 4 })
      pool.run(600, like(before, 2, { cpu: 0.2 }))
      assert.equal(names(pool).length, 1, JSON.stringify(before))
      pool.run(900, (index, t) => (index === 2 ? then : like({}, 2, { cpu: 0.2 })(index, t)))
      assert.deepEqual(names(pool), [], JSON.stringify(then))
    }
  })

  it('are not all of them where every host is crowded', () => {
    for (const [one, others] of [
      [0.4, 0.4],
      [0.15, 0.12],
      [0.3, 0.2],
    ] as const) {
      const pool = scene(4, { min: 4 })
      pool.run(600, like({ more: { steal: one } }, 2, { more: { steal: others } }))
      assert.deepEqual(names(pool), [], `${one} beside ${others}`)
    }
  })

  it('are two as well', () => {
    const pool = scene(2, { min: 2 })
    pool.run(600, like({ cpu: 0.8 }, 1, { cpu: 0.1 }))
    assert.deepEqual(names(pool), ['web-2 dear'])
  })

  it('are not those that are cold, alone, a little busier, busy for a moment, or have few requests', () => {
    const cold = scene(3, { min: 3 })
    cold.run(300, like({}))
    cold.resize(4)
    cold.run(85, like({ cpu: 1, rps: 5 }, 3))
    assert.deepEqual(names(cold), [])
    const alone = scene(1)
    alone.run(900, like({ cpu: 0.9, p95: 3 }, 0))
    assert.ok(names(alone).every((name) => name === 'elsewhere'))
    for (const [odd, seconds] of [
      [{ cpu: 0.5 }, 900],
      [{ cpu: 1, p95: 0.4 }, 60],
      [{ cpu: 0.2, rps: 0.2 }, 900],
      [{ rps: 2, cpu: 0.05 }, 900],
      [{ p95: 0.25 }, 900],
    ] as const) {
      const pool = scene(4, { min: 4 })
      pool.run(300, like({}))
      pool.run(seconds, like(odd))
      pool.run(120, like({}))
      assert.deepEqual(names(pool), [], JSON.stringify(odd))
    }
  })

  it('are not all of them: an overload, slow pages everywhere, a stat that is high at each', () => {
    for (const everyone of [{ cpu: 1, p95: 2 }, { p95: 3 }, { more: { queue_depth: 900 } }]) {
      const pool = scene(4, { also: [{ stat: 'queue_depth', target: 50, how: 'mean', across: 'member' }] })
      pool.run(900, like({}, -1, everyone))
      assert.deepEqual(
        names(pool).filter((name) => name.startsWith('web-')),
        [],
        JSON.stringify(everyone),
      )
    }
  })
})
