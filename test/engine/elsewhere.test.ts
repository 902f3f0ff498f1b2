import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import type { Policy } from '../../src/core/model/policy.ts'
import { untilMonthEnd } from '../../src/core/policy/rules/cost.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { billed, dearest, spent } from '../../src/core/pool/capacity.ts'
import { startRig, type Rig } from './rig.ts'
import { running } from '../running.ts'

const DEAR = 0.02
const WORDS = 'made as s-2vcpu-4gb (2 vCPU, 4 GB, $0.02/h) instead of s-1vcpu-1gb'

/** The yard’s clones cost $0.006 an hour; here only dearer ones are to be had, if that is allowed and paid for. */
describe('a pool whose usual size is sold out, and whose policy allows a dearer one', () => {
  const rig = running(startRig)

  const begin = async (policy: Partial<Policy>): Promise<void> => {
    await rig.reset({ max: 6, sizes: ['s-2vcpu-4gb'], ...policy })
    const { create } = rig.yard
    rig.yard.create = async (request, permit) => {
      const { sizes = [], pays = () => false } = request.instead ?? {}
      if (sizes.length === 0 || !pays(DEAR)) {
        throw new SpinupError('providerRefused', 'Size is not available in this region.', { retryable: true })
      }
      const made = await create(request, permit)
      const dear = { ...made, dollarsPerHour: DEAR, instead: WORDS }
      rig.yard.droplets.set(made.id, dear)
      return dear
    }
  }
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await rig.run(1, 0.3)
      await rig.work()
    }
    await rig.tick()
  }
  const pin = (count: number): ReturnType<Rig['ask']> => rig.ask({ kind: 'pin', count, forMs: 3_600_000, reason: '' })
  const clones = async (): Promise<number> => (await rig.state()).members.filter(({ role }) => role === 'clone').length

  it('makes that one, and says so on the card', async () => {
    await begin({})
    await pin(3)
    await pass(3)
    assert.equal(await clones(), 2)
    const cards = await rig.views('episode')
    assert.match(
      cards.at(-1)!.reason,
      /web-2, web-3: made as s-2vcpu-4gb \(2 vCPU, 4 GB, \$0\.02\/h\) instead of s-1vcpu-1gb, of which none was available\./,
    )
  })

  it('counts its real price at once, in what it costs and in every limit', async () => {
    await begin({})
    const before = billed(await rig.state()).dollarsPerHour
    await pin(2)
    await pass(3)
    const state = await rig.state()
    assert.equal(Number((billed(state).dollarsPerHour - before).toFixed(6)), DEAR)
    assert.deepEqual(dearest(state), { dollarsPerHour: DEAR, originDollarsPerHour: before })
    const card = (await rig.views('episode')).at(-1)!
    assert.equal(Number((card.dollarsPerHourAfter - card.dollarsPerHourBefore).toFixed(6)), DEAR)
    const spentBefore = spent(state, rig.now())
    rig.pass(3_600_000)
    await rig.run(1, 0.3)
    assert.ok(Math.abs(spent(await rig.state(), rig.now()) - spentBefore - before - DEAR) < 0.0005)
  })

  it('makes no more of them than the hour’s limit pays for, and keeps those', async () => {
    // Four at the usual price; one of the dearer.
    await begin({ maxDollarsPerHour: 0.03 })
    await pin(5)
    await pass(60)
    assert.equal(await clones(), 1, 'one is paid for, though three were wanted together at first')
    const state = await rig.state()
    assert.ok(billed(state).dollarsPerHour <= 0.03)
    assert.ok(!state.episodes.some(({ direction }) => direction === 'in'), 'nor does the limit take it out again')
  })

  it('makes none that the month’s limit does not pay for', async () => {
    await begin({})
    const { pool } = await rig.state()
    // Two clones at the usual price for the coming hour, after the origin is paid until the month is over.
    const maxDollarsPerMonth = untilMonthEnd(pool, 1, rig.now()) + 0.015
    await rig.change({ pool: { ...pool, policy: { ...pool.policy, maxDollarsPerMonth } } })
    await pin(3)
    await pass(40)
    assert.equal(await clones(), 0)
    assert.equal((await rig.state()).decision?.rule, 'refused')
  })

  it('costs the usual again once the last dear one is gone', async () => {
    await begin({})
    await pin(2)
    await pass(3)
    await rig.ask({ kind: 'unpin' })
    await rig.ask({ kind: 'scale', count: 1 })
    await pass(5)
    assert.equal(await clones(), 0)
    await reconcile(rig.services, 'web')
    assert.equal(dearest(await rig.state()).dollarsPerHour, 0.006)
  })

  it('says so on the card of a refresh, too', async () => {
    await begin({ max: 4 })
    await pin(2)
    await pass(3)
    await rig.ask({ kind: 'refresh', choice: { kind: 'live' } })
    for (let turn = 0; turn < 30 && (await rig.state()).refresh?.stage === 'working'; turn++) {
      await rig.run(1, 0.3)
      await rig.work()
    }
    await rig.tick()
    const card = (await rig.views('refresh'))[0]!
    assert.equal(card.stage, 'done')
    assert.ok(
      card.steps.some(({ label, detail }) => / in, /.test(label) && detail?.includes(WORDS) === true),
      JSON.stringify(card.steps),
    )
  })

  it('waits for the usual where the policy allows nothing else', async () => {
    await begin({ sizes: [] })
    await pin(3)
    await pass(5)
    assert.equal(await clones(), 0)
    assert.equal((await rig.state()).decision?.rule, 'refused')
  })
})
