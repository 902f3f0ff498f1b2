import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import type { SummaryView } from '../../src/core/model/view.ts'
import { summary } from '../../src/engine/reports/summary.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import { T } from '../store/example-state.ts'
import { startRig, type Rig } from '../engine/rig.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PRICE = 0.006

describe('the weekly summary', () => {
  let rig: Rig
  let series: SeriesStore
  before(async () => {
    rig = await startRig()
    series = createSeriesStore(rig.redis, { now: rig.now })
  })
  after(() => rig.stop())
  beforeEach(async () => {
    await rig.reset()
    await rig.change({ pool: { ...(await rig.state()).pool, createdAt: T - 30 * DAY } })
  })

  const week = async (): Promise<SummaryView> => {
    const [view] = await rig.ask({ kind: 'summary' })
    assert.ok(view?.kind === 'summary')
    return view
  }
  /** An hour passes in which these members report that CPU, twice a minute. */
  const hour = async (cpu: number, members: readonly string[]): Promise<void> => {
    const from = rig.now()
    rig.pass(HOUR)
    await series.append(
      members.flatMap((memberId) =>
        Array.from({ length: 120 }, (_, index) => ({
          poolId: 'web',
          sample: { memberId, at: from + (index + 1) * 30_000, stats: { cpu } },
          periodMs: 30_000,
        })),
      ),
    )
  }
  const about = (value: number, wanted: number): void =>
    assert.ok(Math.abs(value - wanted) < 0.01 * wanted, `${value}, not ${wanted}`)

  it('sets the cost of the members that were there against a fleet of the peak’s size', async () => {
    for (let index = 0; index < 10; index++) await hour(0.3, ['web-1'])
    for (let index = 0; index < 2; index++) await hour(0.97, ['web-1', 'web-2', 'web-3'])
    const busyAt = rig.now() - HOUR
    for (let index = 0; index < 12; index++) await hour(0.4, ['web-1'])
    const view = await summary(rig.services, await rig.state(), T, rig.now())
    assert.deepEqual([view.fromAt, view.toAt, view.peak?.members], [T, T + DAY, 3])
    assert.equal(view.dollars.toFixed(3), '0.168', 'a day of one and two hours of two more, at 0.6 cents')
    assert.deepEqual([view.fixed.droplets, view.fixed.dollars.toFixed(3)], [3, '0.432'])
    about(view.overloadedMs, 2 * HOUR)
    assert.ok(Math.abs((view.peak?.at ?? 0) - busyAt) <= HOUR)
    assert.ok(
      view.notes.some((note) => /^61 % less than 3 droplets all the time: \$0.26 saved/.test(note)),
      String(view.notes),
    )
    assert.match(view.chart?.alt ?? '', /1 to 3 members, 1 at the end/)
    const spec = await rig.services.charts.load(view.chart?.id ?? '')
    const drawn = spec?.counts?.value ?? []
    // In the minute in which they came and went the mean is in between.
    assert.deepEqual([drawn[0], Math.max(...drawn), drawn.at(-1)], [1, 3, 1])
  })

  it('counts the scale events by how they ended', async () => {
    await rig.run(5, 0.95)
    await rig.work()
    await rig.run(1, 0.3)
    const { members } = await rig.state()
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    rig.yard.before = () => {
      throw new SpinupError('providerFailed', 'no quota left')
    }
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    const view = await week()
    assert.deepEqual([view.scaleOuts, view.scaleIns, view.failed], [1, 1, 1])
    assert.equal(view.peak?.members, members.length)
    const [out, into] = (await rig.services.charts.load(view.chart?.id ?? ''))?.events ?? []
    assert.deepEqual([out?.direction, out?.label, into?.label], ['out', `+${members.length - 1}`, '−1'])
  })

  it('does not count another pool’s events, nor those before', async () => {
    await rig.run(5, 0.95)
    await rig.work()
    await rig.run(1, 0.3)
    assert.equal((await week()).scaleOuts, 1)
    rig.pass(8 * DAY)
    assert.equal((await week()).scaleOuts, 0)
    const other = { ...(await rig.state()), pool: { ...(await rig.state()).pool, id: 'other' } }
    const view = await summary(rig.services, other, T - DAY, rig.now())
    assert.deepEqual([view.scaleOuts, view.chart, view.peak], [0, null, null])
  })

  it('begins with the pool, and estimates time without reports as before', async () => {
    await rig.change({ pool: { ...(await rig.state()).pool, createdAt: T } })
    await hour(0.3, ['web-1', 'web-2'])
    rig.pass(5 * HOUR)
    await hour(0.3, ['web-1', 'web-2'])
    const view = await week()
    assert.equal(view.fromAt, T)
    about(view.dollars, 2 * 7 * PRICE)
    assert.ok(view.notes.some((note) => note.startsWith('Counted since the pool was connected, 7 h ago')))
    assert.ok(
      view.notes.some((note) => /^For (?:5 h|4 h 59 min) no agent reported/.test(note)),
      String(view.notes),
    )
  })

  it('is the same for two bots that tell the same week', async () => {
    await hour(0.3, ['web-1'])
    const state = await rig.state()
    const [one, two] = [
      await summary(rig.services, state, T, T + HOUR),
      await summary(rig.services, state, T, T + HOUR),
    ]
    assert.deepEqual(one, two)
  })
})
