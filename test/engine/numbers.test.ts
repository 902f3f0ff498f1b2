import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { CostView, StatsView, StatusView } from '../../src/core/model/view.ts'
import { status } from '../../src/engine/reports/live.ts'
import { running } from '../running.ts'
import { ada } from '../store/example-state.ts'
import { startRig } from './rig.ts'

const HOUR = 3_600_000
const PRICE = 0.006

describe('numbers on cards, beside what was measured', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ min: 1, max: 4 }))

  const look = async (): Promise<StatusView> => status(rig.services, await rig.state(), false)
  const about = (value: number | null, wanted: number): void =>
    assert.ok(value !== null && Math.abs(value - wanted) < 2e-3 * wanted, `${value}, not ${wanted}`)

  it('has one “now”, on the status and on the chart’s card: the mean of what members said last', async () => {
    await rig.grow(2)
    const raw = { 'web-1': [0.2, 0.31], 'web-2': [0.9, 0.47], 'web-3': [0.5, 0.6] }
    for (const at of [0, 1]) {
      rig.pass(1000)
      for (const [id, samples] of Object.entries(raw)) await rig.report(samples[at]!, 1, [id])
    }
    const mean = (0.31 + 0.47 + 0.6) / 3
    about((await look()).value, mean)
    const [stats] = (await rig.ask({
      kind: 'stats',
      stat: 'cpu',
      rangeMs: 60_000,
      member: null,
    })) as readonly StatsView[]
    about(stats!.now, mean)
    about(stats!.max, 0.9)
    about(stats!.mean, (0.2 + 0.31 + 0.9 + 0.47 + 0.5 + 0.6) / 6)
    assert.deepEqual(
      (await look()).members.map(({ load }) => Math.round((load ?? 0) * 100)),
      [31, 47, 60],
    )
  })

  it('knows the load of a member whose agent works before it is in service', async () => {
    const [origin] = (await rig.state()).members
    await rig.change({ members: { put: [{ ...origin!, phase: 'booting' }] } })
    rig.pass(1000)
    await rig.report(0.34, 1, ['web-1'])
    about((await look()).value, 0.34)
  })

  it('shows the limits that hold now: the calendar’s, while a window is open', async () => {
    await rig.ask({ kind: 'policy', changes: { calendar: '"* * * * * for 1h min=3 max=6"' } }, ada)
    const { min, max } = await look()
    assert.deepEqual([min, max], [3, 6])
    const [answer] = await rig.ask({ kind: 'scale', count: 2 }).catch((error: unknown) => [error])
    assert.match(String((answer as Error).message), /below the minimum of 3/)
  })

  it('bills no droplet for more than 672 hours of a month', async () => {
    const from = Date.UTC(2026, 9)
    rig.pass(from - rig.now())
    await rig.run(1, 0.3)
    const cost = async (): Promise<CostView> => (await rig.ask({ kind: 'cost' }))[0] as CostView
    for (const [hours, billed] of [
      [100, 100],
      [672, 672],
      [700, 672],
      [743, 672],
    ] as const) {
      rig.pass(from + hours * HOUR - rig.now())
      await rig.run(1, 0.3)
      const view = await cost()
      about(view.monthDollars, billed * PRICE)
      about(view.projectedDollars, 672 * PRICE)
      about(view.fixed.dollars, 4 * 672 * PRICE)
    }
  })
})
