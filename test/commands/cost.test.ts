import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { CostView } from '../../src/core/model/view.ts'
import { SpinupError } from '../../src/core/model/error.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { T } from '../store/example-state.ts'
import { startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const HOUR = 3_600_000
const MONTH = { from: Date.UTC(2026, 8), to: Date.UTC(2026, 9) }

describe('money', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ min: 2, max: 4 })
    await rig.grow(1)
    await rig.run(1, 0.3)
  })

  const cost = async (): Promise<CostView> => {
    const [view] = await rig.ask({ kind: 'cost' })
    assert.ok(view?.kind === 'cost')
    return view
  }
  const about = (value: number, wanted: number): void =>
    assert.ok(Math.abs(value - wanted) < 1e-3 * wanted + 1e-4, `${value}, not ${wanted}`)
  const idle = async (hours: number): Promise<void> => {
    rig.pass(hours * HOUR)
    await rig.run(1, 0.3)
  }

  it('tells what it costs now, this month, to its end, and what a fixed fleet would', async () => {
    await idle(10)
    const view = await cost()
    assert.deepEqual([view.droplets, view.dollarsPerDroplet, view.dollarsPerHour], [2, 0.006, 0.012])
    assert.equal(view.month, '2026-09')
    about(view.monthDollars, 10 * 0.012)
    about(view.projectedDollars, ((MONTH.to - T) / HOUR) * 0.012)
    assert.equal(view.fixed.droplets, 4)
    about(view.fixed.dollars, 672 * 4 * 0.006)
    assert.deepEqual(view.caps, [])
    assert.ok(view.notes.some((note) => /50 % less than a fixed fleet of 4/.test(note)))
  })

  it('shows how near the limits are', async () => {
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.02', 'max-per-month': '$10' } })
    const { caps } = await cost()
    assert.deepEqual(
      caps.map(({ per, limit }) => [per, limit]),
      [
        ['hour', 0.02],
        ['month', 10],
      ],
    )
    assert.equal(caps[0]!.used, 0.012)
  })

  it('begins a new month at nothing', async () => {
    await idle((MONTH.to - T) / HOUR + 5)
    const view = await cost()
    assert.equal(view.month, '2026-10')
    assert.ok(view.monthDollars < 0.012 * 24 * 11, String(view.monthDollars))
  })

  it('warns at 80 % and at 100 % of the month’s limit, once each, and anew when the limit is raised', async () => {
    const warnings = async (): Promise<readonly string[]> =>
      (await rig.views('answer')).map((view) => view.title).filter((title) => /money is spent/.test(title))
    await rig.ask({ kind: 'policy', changes: { 'max-per-month': '$0.20' } })
    await idle(10)
    assert.deepEqual(await warnings(), [])
    await idle(4)
    await idle(0.1)
    assert.equal((await warnings()).length, 1)
    assert.match((await warnings())[0]!, /^84 % of September’s money is spent: \$0.17 of \$0.20$/)
    await idle(3)
    await idle(1)
    assert.equal((await warnings()).length, 2)
    assert.match((await warnings())[1]!, /^September’s money is spent/)
    await rig.ask({ kind: 'policy', changes: { 'max-per-month': '$1' } })
    await idle(1)
    assert.equal((await warnings()).length, 2)
    await idle(50)
    assert.equal((await warnings()).length, 3)
  })

  it('is not passed by a command either', async () => {
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.02' } })
    await assert.rejects(rig.ask({ kind: 'scale', count: 4 }), /limit of \$0.02 an hour allows 3; nothing was changed/)
    assert.deepEqual(await rig.ask({ kind: 'scale', count: 3 }), [])
  })

  it('counts the origin and clones each at their own price, as the account has it now', async () => {
    const price = (name: string, dollarsPerHour: number): void => {
      const droplet = [...rig.yard.droplets.values()].find((one) => one.name === name)!
      rig.yard.droplets.set(droplet.id, { ...droplet, dollarsPerHour })
    }
    const { pool } = await rig.state()
    await rig.change({ pool: { ...pool, clones: { size: 'small', region: null } } })
    price('web', 0.1)
    await reconcile(rig.services, 'web')
    const before = (await cost()).monthDollars
    await idle(10)
    const view = await cost()
    assert.deepEqual([view.droplets, view.dollarsPerDroplet, view.dollarsForOrigin], [2, 0.006, 0.1])
    about(view.dollarsPerHour, 0.106)
    about(view.monthDollars - before, 10 * 0.106)
    about(view.fixed.dollars, 672 * (0.1 + 3 * 0.006))
    const [status] = await rig.ask({ kind: 'status' })
    assert.ok(status?.kind === 'status')
    about(status.dollarsPerHour, 0.106)

    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.113' } })
    await assert.rejects(rig.ask({ kind: 'scale', count: 4 }), /limit of \$0.113 an hour allows 3; nothing was changed/)
    price('web-2', 0.02)
    await reconcile(rig.services, 'web')
    await assert.rejects(rig.ask({ kind: 'scale', count: 3 }), /limit of \$0.113 an hour allows 2; nothing was changed/)
  })

  it('has clones that are as the origin cost what it costs once it was resized', async () => {
    for (const [id, droplet] of rig.yard.droplets) rig.yard.droplets.set(id, { ...droplet, dollarsPerHour: 0.05 })
    await reconcile(rig.services, 'web')
    const { pool } = await rig.state()
    assert.deepEqual([pool.dollarsPerHour, pool.originDollarsPerHour], [0.05, 0.05])
    assert.equal((await cost()).dollarsForOrigin, undefined)
  })

  it('makes nothing by hand while what is leaving is still paid for', async () => {
    await rig.grow(1)
    await rig.run(1, 0.3)
    await rig.ask({ kind: 'mode', mode: 'observe' })
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.018' } })
    await rig.ask({ kind: 'down', count: 1 })
    await assert.rejects(
      rig.ask({ kind: 'up', count: 1 }),
      /an hour, with 1 droplet still leaving, allows 2; nothing was changed/,
    )
    await rig.work()
    await rig.run(1, 0.3)
    assert.deepEqual(await rig.ask({ kind: 'up', count: 1 }), [])
  })

  it('is passed by nothing that makes droplets: load, people, pins or proposals', async () => {
    const limit = 0.024
    const tries: readonly (() => Promise<unknown>)[] = [
      () => rig.ask({ kind: 'up', count: 1 }),
      () => rig.ask({ kind: 'down', count: 1 }),
      () => rig.ask({ kind: 'scale', count: 5 }),
      () => rig.ask({ kind: 'pin', count: 6, forMs: HOUR, reason: '' }),
      () => rig.ask({ kind: 'unpin' }),
      () => rig.ask({ kind: 'mode', mode: 'approve' }),
      () => rig.ask({ kind: 'approve', id: null }),
      () => rig.ask({ kind: 'mode', mode: 'auto' }),
      () => rig.ask({ kind: 'undo', episode: null }),
    ]
    await rig.ask({ kind: 'policy', changes: { max: '9', 'max-per-hour': `$${limit}` } })
    let most = 0
    const look = (): void => {
      const rate = rig.yard.droplets.size * 0.006
      most = Math.max(most, rate)
      assert.ok(rate <= limit + 1e-9, `$${rate} an hour`)
    }
    const speak = rig.yard.after
    rig.yard.after = (request) => {
      look()
      return speak(request)
    }
    // Always the same order, which reaches every pair of them.
    for (let step = 0; step < tries.length * 3; step++) {
      const next = tries[(step * (1 + Math.floor(step / tries.length))) % tries.length]!
      await next().catch((error: unknown) => assert.ok(error instanceof SpinupError, String(error)))
      await rig.run(1, 1)
      await rig.work()
      look()
    }
    assert.ok(Math.abs(most - limit) < 1e-9, 'it did come up to the limit')
    assert.ok(rig.yard.calls.filter((call) => call.startsWith('create')).length > 3)
  })

  it('counts what a short life costs beyond its time, where the provider bills a minimum', async () => {
    Object.assign(rig.yard, { leastBill: { ms: 60_000, dollars: 0.01 } })
    await rig.ask({ kind: 'mode', mode: 'observe' })
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    rig.pass(HOUR / 2)
    await rig.run(1, 0.3)
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    const { upkeep } = await rig.state()
    about(upkeep.extra.dollars, 0.01 - 0.003)
    const view = await cost()
    about(view.monthDollars, 0.5 * 0.018 + 0.007)
    assert.ok(view.notes.includes('Snapshots, load balancers and traffic are not counted.'))
    assert.ok(view.notes.some((note) => /1 min and \$0.01 each at least: .* \$0.007 beyond their time/.test(note)))
  })
})
