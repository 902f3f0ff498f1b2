import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { plain } from '../../src/chat/console/plain.ts'
import { NO_FIGURES } from '../../src/balancers/balancer.ts'
import { scene, chance, type Shows } from '../core/policy/findings/scene.ts'
import { createSeriesStore, type SeriesStore } from '../../src/store/series/series-store.ts'
import { T } from '../store/example-state.ts'
import { startRig, type Rig } from '../engine/rig.ts'

const POLICY = { min: 1, max: 60, target: 0.8 }

/** An ordinary day: pages come and go, and each costs 20 ms of CPU. */
function day(index: number, t: number): Shows {
  const rps = 25 * (0.3 + 0.7 * Math.abs(Math.sin(t / 500))) * (0.9 + 0.2 * chance(t, index))
  return look({ cpu: rps * 0.02, rps, p95: 0.05, waiting: 1 })
}

interface Figures {
  readonly cpu: number
  readonly rps: number
  readonly p95: number
  readonly waiting: number
  readonly streaming?: number | null
  readonly psi?: number
}
function look({ cpu, rps, p95, waiting, streaming = 0, psi = 0.02 }: Figures): Shows {
  const inFlight = waiting + (streaming ?? 0)
  const told = streaming === null ? { waiting: null, streaming: null } : { waiting, streaming }
  return { stats: { cpu, psi, load1: cpu + 0.05 }, traffic: { rps, p95, inFlight, ...told } }
}

describe('/spinup why on odd nights, as a person reads it', () => {
  let rig: Rig
  let series: SeriesStore
  before(async () => {
    rig = await startRig()
    series = createSeriesStore(rig.redis, { now: rig.now })
  })
  after(() => rig.stop())

  /** Two members that have seen a day and then `minutes` of this, and what the pool is told to be doing. */
  async function why(minutes: number, shows: (t: number) => Figures): Promise<string> {
    await rig.reset(POLICY)
    await rig.grow(1)
    await rig.change({ pool: { ...(await rig.state()).pool, bootMs: 60_000 } })
    const seconds = 3600 + minutes * 60
    const past = scene(2, POLICY, T - seconds * 1000)
    past.run(3600, day)
    past.run(minutes * 60, (_, t) => look(shows(t)))
    await rig.change({ memory: past.memory() })
    for (let second = 0; second < 5; second++) {
      rig.pass(1000)
      const { stats, traffic } = look(shows(seconds + second))
      const { members } = await rig.state()
      for (const { id, url } of members) {
        const { rps = null, p95, inFlight = null, waiting = null, streaming = null } = traffic!
        const figures = { rps, p95Ms: p95! * 1000, atMember: inFlight, waiting, streaming }
        rig.door.backends.set(url!, {
          ...NO_FIGURES,
          url: url!,
          state: 'healthy',
          inFlight: inFlight!,
          failed: 0,
          ...figures,
        })
        await series.append([{ poolId: 'web', sample: { memberId: id, at: rig.now(), stats: stats! }, periodMs: 1000 }])
      }
      await rig.tick()
    }
    const [view] = await rig.ask({ kind: 'why' })
    assert.ok(view?.kind === 'decision')
    assert.ok(view.decision.wanted <= 2, `it wants ${view.decision.wanted}`)
    const text = plain(view, rig.now())
    if (process.env['SHOW'] !== undefined) console.log(`${text}\n`)
    return text
  }

  it('forty open streams on each member, at 3 % CPU', async () => {
    const told = await why(3, () => ({ cpu: 0.03, rps: 0.25, p95: 0.05, waiting: 0, streaming: 40 }))
    assert.match(told, /80 streams are open: they wait for no CPU, and need no clone\./)
    const untold = await why(3, () => ({ cpu: 0.03, rps: 0.25, p95: 0.05, waiting: 40, streaming: null }))
    assert.match(
      untold,
      /80 requests are open for long: they stream or wait for something other than CPU, and need no clone\./,
    )
  })

  it('two hundred WebSockets beside thirty requests a second', async () => {
    const told = await why(3, () => ({ cpu: 0.3, rps: 15, p95: 0.05, waiting: 1, streaming: 100 }))
    assert.match(told, /200 streams are open: they wait for no CPU, and need no clone\./)
    const untold = await why(3, () => ({ cpu: 0.3, rps: 15, p95: 0.05, waiting: 101, streaming: null }))
    assert.match(
      untold,
      /202 requests are open for long: they stream or wait for something other than CPU, and need no clone\./,
    )
  })

  it('a backup that takes 60 % CPU at hardly any requests', async () => {
    const text = await why(5, () => ({ cpu: 0.6, rps: 0.1, p95: 0.4, waiting: 1.5 }))
    assert.match(text, /About 60 % CPU remains without requests; a clone would not carry it\./)
  })

  it('a niced cron job at full CPU for one minute in ten', async () => {
    const cron = (t: number): Figures => ({ cpu: t % 600 < 60 ? 1 : 0.05, rps: 2.5, p95: 0.05, waiting: 0.2 })
    // Asked at the end of its minute.
    const text = await why(20 + 55 / 60, (t) => cron(t - 3600))
    assert.match(text, /CPU is full, but nobody waits for it: pressure 2 %, run queue 1.1, pages take 50 ms/)
    assert.match(text, /About (89|9\d) % CPU remains without requests; a clone would not carry it\./)
  })
})
