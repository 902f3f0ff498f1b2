import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chance, scene, type Scene, type Shows } from './scene.ts'

/** Pages that come and go over the hour, of which each costs `cost` CPU-seconds, beside `own` CPU of the member's own. */
const day =
  (cost: number, own = 0, most = 30) =>
  (index: number, t: number): Shows => {
    const rps = most * (0.3 + 0.7 * Math.abs(Math.sin(t / 500))) * (0.9 + 0.2 * chance(t, index))
    return pages(rps, cost, own)
  }
function pages(rps: number, cost: number, own: number): Shows {
  const cpu = Math.min(1, own + rps * cost)
  return {
    stats: { cpu, psi: 0.02, load1: cpu },
    traffic: { rps, p95: cost * 2, inFlight: Math.max(1, rps * cost * 2) },
  }
}
const learned = (count: number, cost = 0.01): Scene => {
  const pool = scene(count)
  pool.run(3600, day(cost))
  return pool
}

describe('CPU that is not visitors’', () => {
  it('is named with what would remain, and told once it has lasted', () => {
    const pool = learned(2)
    assert.deepEqual(pool.shows(), [])
    const judgement = pool.run(120, () => pages(0.2, 0.01, 0.6))
    assert.equal(
      judgement.reason,
      'Quiet: CPU 60 %, target 80 %; 1 would sit at 60 %. About 60 % CPU remains without requests; a clone would not carry it.',
    )
    assert.deepEqual(pool.raised(), [], 'it may pass')
    pool.run(240, () => pages(0.2, 0.01, 0.6))
    const [found, ...more] = pool.raised()
    assert.deepEqual(more, [])
    assert.ok(found?.kind === 'ownCpu' && Math.abs(found.own - 0.6) < 0.03 && Math.abs(found.halved - 0.6) < 0.03)
  })

  it('is not called quiet where it is over the target: visitors need fewer members', () => {
    for (const own of [0.85, 0.9, 0.96]) {
      const { reason } = learned(2).run(120, () => pages(0.2, 0.01, own))
      assert.match(
        reason,
        /^Visitors need fewer: CPU \d+ %, target 80 %; 1 would sit at \d+ %\. .*About \d+ % CPU remains/,
      )
    }
  })

  for (const [what, cost, own, rps] of [
    ['a niced indexer beside many pages', 0.01, 0.5, 25],
    ['a miner that leaves nothing', 0.004, 0.97, 5],
    ['a backup on pages that cost a lot', 0.2, 0.55, 0.5],
    ['a log shipper', 0.02, 0.45, 4],
  ] as const) {
    it(`is what remains of all CPU when requests halve: ${what}`, () => {
      const pool = scene(3)
      pool.run(3600, day(cost, 0, 0.6 / cost))
      pool.run(400, () => pages(rps, cost, own))
      const cpu = Math.min(1, own + rps * cost)
      const [found] = pool.raised()
      assert.ok(found?.kind === 'ownCpu', JSON.stringify(pool.memory().load!.found.own))
      assert.ok(Math.abs(found.cpu - cpu) < 0.05, `${found.cpu} of ${cpu}`)
      assert.ok(Math.abs(found.halved - (cpu - (rps * cost) / 2)) < 0.12, `${found.halved} at half of ${rps}`)
    })
  }

  it('is over once it has been gone for ten minutes, and does not flap in between', () => {
    const pool = learned(2)
    pool.run(400, () => pages(2, 0.01, 0.7))
    assert.equal(pool.raised().length, 1)
    // It comes for six minutes of ten.
    for (let round = 0; round < 4; round++) {
      pool.run(240, () => pages(2, 0.01, 0))
      assert.equal(pool.raised().length, 1)
      pool.run(360, () => pages(2, 0.01, 0.7))
    }
    pool.run(660, () => pages(2, 0.01, 0))
    assert.deepEqual(pool.raised(), [])
  })

  it('is not told where it passes: a cron job, a deploy, a backup of two minutes', () => {
    for (const [on, off] of [
      [60, 540],
      [20, 100],
      [150, 900],
    ] as const) {
      const pool = learned(2)
      for (let round = 0; round < 6; round++) {
        pool.run(on, () => pages(5, 0.01, 0.95))
        pool.run(off, () => pages(5, 0.01, 0))
        assert.deepEqual(pool.raised(), [], `${on} s of ${on + off}`)
      }
    }
  })

  it('is not seen in visitors, however they come', () => {
    for (const [cost, most] of [
      [0.01, 80],
      [0.5, 1.5],
      [0.002, 400],
      [1, 0.7],
    ] as const) {
      const pool = scene(3)
      for (let quarter = 0; quarter < 8; quarter++) {
        pool.run(900, day(cost, 0, most))
        assert.deepEqual(
          pool.shows().filter(({ kind }) => kind === 'ownCpu'),
          [],
          `${most}/s of ${cost} s`,
        )
        assert.deepEqual(pool.raised(), [])
      }
    }
  })

  it('is not guessed where nobody reports requests, or nothing is known of their cost', () => {
    const untold = scene(2)
    untold.run(1200, () => ({ stats: { cpu: 0.7, psi: 0.01, load1: 0.7 } }))
    assert.deepEqual(untold.shows(), [])
    const fresh = scene(2)
    fresh.run(30, () => pages(5, 0.1, 0))
    assert.deepEqual(fresh.shows(), [])
  })
})
