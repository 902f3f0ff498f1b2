import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chance, scene, type Scene, type Shows } from './scene.ts'

interface Pages {
  readonly rps?: number
  readonly cpu?: number
  readonly p95?: number | null
  readonly firstByteP95?: number | null
  readonly waiting?: number | null
}
const page =
  ({ rps = 20, cpu = 0.15, p95 = 0.1, firstByteP95 = null, waiting = 2 }: Pages = {}) =>
  (index: number, t: number): Shows => ({
    stats: { cpu: cpu * (0.9 + 0.2 * chance(t, index)), psi: 0.01, load1: cpu },
    traffic: { rps, p95, firstByteP95, waiting, inFlight: waiting ?? rps * (p95 ?? 0.1) },
  })
const usual = (policy = {}): Scene => {
  const pool = scene(2, policy)
  pool.run(1200, page())
  assert.deepEqual(pool.shows(), [])
  return pool
}

describe('slow pages at idle CPUs', () => {
  it('are held, told once with their figures, and over when they are quick again', () => {
    const pool = usual({ min: 2 })
    const judgement = pool.run(30, page({ p95: 2.1, waiting: 20 }))
    assert.match(
      judgement.reason,
      /Pages take 2\.1 s \(usually 1\d\d ms\) at 1[4-6] % CPU, and 40 requests wait: they wait for something else, and a clone would not help\.$/,
    )
    assert.equal(judgement.kind, 'hold')
    assert.deepEqual(pool.raised(), [])
    pool.run(60, page({ p95: 2.1, waiting: 20 }))
    assert.equal(pool.raised()[0]?.kind, 'elsewhere')
    pool.run(60, page())
    assert.equal(pool.raised().length, 1, 'it may come again')
    pool.run(70, page())
    assert.deepEqual(pool.raised(), [])
  })

  it('that come back again and again are told twice, and stand from then on', () => {
    for (const every of [240, 300, 420]) {
      const pool = usual({ min: 2 })
      let told = 0
      let known = 0
      for (let t = 0; t < 5400; t += 5) {
        pool.run(5, page(t % every < every / 2 ? { p95: 2.1, waiting: 20 } : {}))
        const raised = pool.raised().length
        if (raised > known) told++
        known = raised
      }
      assert.ok(told <= 3, `${told} times, every ${every} s`)
    }
  })

  it('are told as soon, and over as soon, when it happens on another day', () => {
    const pool = usual({ min: 2 })
    for (let day = 0; day < 3; day++) {
      pool.run(100, page({ p95: 2.1, waiting: 20 }))
      assert.equal(pool.raised().length, 1)
      pool.run(140, page())
      assert.deepEqual(pool.raised(), [])
      pool.run(7500, page())
    }
  })

  it('are not pages as slow as ever between moments in which nobody asks', () => {
    for (const [every, seconds] of [
      [40, 2.2],
      [60, 1.1],
      [120, 3],
    ] as const) {
      const pool = scene(2, { min: 2 })
      for (let t = 0; t < 2400; t += 10) {
        // A balancer may call it no time at all when there is nothing to take any.
        pool.run(10, page(t % every < 20 ? { rps: 0.1, p95: seconds, waiting: 0 } : { rps: 0, p95: 0, waiting: 0 }))
        assert.deepEqual(pool.shows(), [], `every ${every} s at ${t} s`)
      }
    }
  })

  for (const [what, pages] of [
    ['a database that is slow', { p95: 0.9, waiting: 9 }],
    ['first bytes that come late, whatever the whole takes', { p95: 0.1, firstByteP95: 1.5 }],
    ['a lock that lets nobody through: nothing is answered any more', { rps: 0, p95: null, waiting: 60 }],
    ['an upstream that hangs for most', { rps: 4, p95: 0.1, waiting: 40 }],
    ['a balancer that does not tell what waits', { p95: 3, waiting: null }],
  ] as const) {
    it(`are seen in ${what}, and nobody is added`, () => {
      const pool = usual()
      const judgement = pool.run(120, page(pages))
      assert.equal(pool.raised()[0]?.kind, 'elsewhere', JSON.stringify(pool.shows()))
      assert.ok(judgement.to <= 2)
    })
  }

  it('are not seen where pages wait for CPU, are noticed by nobody, or are as slow as ever', () => {
    for (const pages of [
      { p95: 1.4, cpu: 0.97 },
      { p95: 0.3 },
      { p95: 0.12, waiting: 3 },
      { rps: 60, cpu: 0.4, p95: 0.2, waiting: 12 },
    ]) {
      const pool = usual()
      pool.run(200, page(pages))
      assert.deepEqual(pool.raised(), [], JSON.stringify(pages))
    }
    const slow = scene(2)
    slow.run(3600, page({ p95: 2, waiting: 40 }))
    assert.deepEqual(slow.raised(), [])
  })

  it('become usual where they stay: some day it is how the site is', () => {
    const pool = usual()
    pool.run(1800, page({ p95: 1 }))
    assert.equal(pool.raised().length, 1)
    pool.run(16 * 3600, page({ p95: 1 }))
    assert.deepEqual(pool.raised(), [])
  })

  it('are told as times, by the policy that goes by them', () => {
    for (const [p95, words] of [
      [2, '2 s'],
      [7.26, '7.3 s'],
      [0.7, '700 ms'],
    ] as const) {
      const pool = scene(2, { stat: 'p95', target: 0.5 })
      pool.run(120, page())
      assert.match(pool.run(120, page({ p95 })).reason, new RegExp(`^P95 ${words}, target 500 ms\\.`))
    }
  })

  it('speak against a full CPU as what they usually are', () => {
    for (const p95 of [0.6, 1, 2.7]) {
      const pool = scene(1)
      pool.run(900, page({ p95, waiting: null }))
      const { reason } = pool.run(20, page({ p95, waiting: null, cpu: 1.1 }))
      assert.match(reason, /nobody waits for it: .*pages take [\d.]+ m?s, as usual/)
    }
  })

  it('scale all the same where the team asks for that: by p95, or by what is in flight', () => {
    for (const also of [
      { stat: 'p95', target: 0.5, how: 'mean', across: 'member' },
      { stat: 'inflight', target: 5, how: 'mean', across: 'member' },
      { stat: 'p95', target: 0.5, how: 'max', across: 'member' },
    ] as const) {
      const pool = usual({ also: [also] })
      const judgement = pool.run(90, page({ p95: 2, waiting: 20 }))
      assert.ok(judgement.to > 2, judgement.reason)
      assert.doesNotMatch(judgement.reason, /would not help/)
      assert.equal(pool.raised().length, 1)
    }
  })
})

describe('requests that are open for long', () => {
  it('are explained: streams by that name where the balancer tells, and else as what they show', () => {
    const told = scene(2, { min: 2 })
    const streams = told.run(60, () => ({
      stats: { cpu: 0.03 },
      traffic: { rps: 0.25, inFlight: 40, streaming: 40, waiting: 0 },
    }))
    assert.match(streams.reason, /80 streams are open: they wait for no CPU, and need no clone\.$/)
    const untold = scene(1)
    const sockets = untold.run(60, () => ({ stats: { cpu: 0.3 }, traffic: { rps: 30, inFlight: 200 } }))
    assert.match(
      sockets.reason,
      /200 requests are open for long: they stream or wait for something other than CPU, and need no clone\.$/,
    )
    assert.deepEqual(untold.raised(), [])
  })

  it('are no word worth where they are few, soon answered, or use much CPU', () => {
    for (const shows of [
      { stats: { cpu: 0.03 }, traffic: { rps: 1, inFlight: 6 } },
      { stats: { cpu: 0.3 }, traffic: { rps: 400, inFlight: 50 } },
      { stats: { cpu: 0.7 }, traffic: { rps: 3, inFlight: 50 } },
    ]) {
      const pool = scene(2, { min: 2 })
      assert.doesNotMatch(pool.run(60, () => shows).reason, /open/)
    }
  })
})
