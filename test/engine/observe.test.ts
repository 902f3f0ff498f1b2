import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { NO_FIGURES, type Figures } from '../../src/balancers/balancer.ts'
import type { BackendState } from '../../src/core/model/backend.ts'
import { live, trailOf } from '../../src/engine/reports/live.ts'
import { observe } from '../../src/core/pool/observation.ts'
import { exampleMember, fullState, T } from '../store/example-state.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const MEMBER = exampleMember('web-2')
const seen = (figures: Partial<Figures>): BackendState => ({
  ...NO_FIGURES,
  url: MEMBER.url ?? '',
  state: 'healthy',
  inFlight: 1,
  failed: 0,
  ...figures,
})
const observed = (backends: readonly BackendState[] | null, queued: number | null = null) =>
  observe({ ...fullState(), members: [MEMBER] }, {}, { backends, queued }, [], T)

describe('what the judgement is shown of the balancer', () => {
  it('is every figure of a member, in seconds', () => {
    const backend = seen({
      rps: 12,
      p95Ms: 1500,
      firstByteP95Ms: 250,
      atMember: 9,
      waiting: 2,
      streaming: 7,
      queued: 3,
    })
    assert.deepEqual(observed([backend], 4).members[0]?.traffic, {
      rps: 12,
      p95: 1.5,
      firstByteP95: 0.25,
      inFlight: 9,
      waiting: 2,
      streaming: 7,
      queued: 3,
    })
  })

  it('is null where the balancer cannot tell, whatever it says for the sake of a drain', () => {
    const untold = { p95: null, firstByteP95: null, inFlight: null, waiting: null, streaming: null, queued: null }
    assert.deepEqual(observed([seen({ rps: 3 })]).members[0]?.traffic, { ...untold, rps: 3 })
    assert.deepEqual(observed([seen({ atMember: 0 })]).members[0]?.traffic, { ...untold, rps: null, inFlight: 0 })
    assert.equal(observed([seen({})]).members[0]?.traffic, null, 'it tells nothing at all')
    assert.equal(observed([]).members[0]?.traffic, null)
    assert.equal(observed(null).members[0]?.traffic, null)
  })

  it('is what is queued in front of all members, or null', () => {
    assert.deepEqual(
      [null, 0, 12].map((queued) => observed([], queued).queued),
      [null, 0, 12],
    )
  })
})

describe('what is shown of the balancer in chat and console', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ mode: 'observe' })
    await rig.grow(1)
  })

  const shown = async (...figures: readonly Partial<Figures>[]) => {
    for (const [index, [url, backend]] of [...rig.door.backends].entries()) {
      rig.door.backends.set(url, { ...backend, ...figures[index] })
    }
    const { rps, p95Ms, inFlight } = await live(rig.services, await rig.state(), false)
    return { rps, p95Ms, inFlight }
  }

  it('are sums, and the slowest member', async () => {
    const figures = await shown({ rps: 10, p95Ms: 40, atMember: 2 }, { rps: 5, p95Ms: 90, atMember: 0 })
    assert.deepEqual(figures, { rps: 15, p95Ms: 90, inFlight: 2 })
  })

  it('is nothing where no figure is told: a site is not quiet because its balancer is', async () => {
    assert.deepEqual(await shown({}, {}), { rps: null, p95Ms: null, inFlight: null })
    assert.deepEqual(await shown({ atMember: 3 }, {}), { rps: null, p95Ms: null, inFlight: 3 })
  })

  it('is there for a page that is opened later: three minutes of it, by the clock as it is now', async () => {
    const traffic = async (): Promise<readonly (number | null)[]> => {
      const [, { points }] = await trailOf(rig.services, await rig.state())
      assert.deepEqual(
        points.map(([at]) => at),
        points.map(([at]) => at).toSorted((a, b) => a - b),
      )
      return points.flatMap(([, , rps]) => (rps === null ? [] : [rps]))
    }
    await shown({ rps: 10 }, { rps: 5 })
    await rig.run(30, 0.4)
    assert.deepEqual([...new Set(await traffic())], [15])
    assert.ok((await traffic()).length >= 5)
    await shown({ rps: 40 }, { rps: 5 })
    await rig.run(200, 0.4)
    assert.deepEqual([...new Set(await traffic())], [45], 'what is older has gone')
    assert.ok((await traffic()).length >= 30 && (await traffic()).length <= 41)
    rig.setClock(-3_600_000)
    await rig.run(20, 0.4)
    assert.ok((await traffic()).length >= 2, 'a clock that was set back')
    await shown({ rps: null }, { rps: null })
    rig.setClock(3_600_000)
    await rig.run(20, 0.4)
    assert.deepEqual(await traffic(), [], 'nobody counts')
  })

  it('reaches the judgement with what is queued in front', async () => {
    rig.door.queued = async () => 7
    const { queued, backends } = await rig.services.balancerWatch.look(rig.services, await rig.state())
    assert.deepEqual([queued, backends?.length], [7, 2])
  })
})
