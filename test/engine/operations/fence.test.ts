import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Operation } from '../../../src/core/model/operation.ts'
import { Late } from '../../../src/engine/operations/destroy.ts'
import { runOperation } from '../../../src/engine/operations/run.ts'
import { applyComparison } from '../../../src/core/pool/apply-comparison.ts'
import { cleanUp, lookAround } from '../../../src/engine/reconcile/reconcile.ts'
import { withPool } from '../../../src/engine/session.ts'
import { tickPool } from '../../../src/engine/loop/tick.ts'
import { exampleMember } from '../../store/example-state.ts'
import { startRig } from '../rig.ts'
import { running } from '../../running.ts'

const ORDER = { signal: new AbortController().signal, changed: (): void => undefined }

describe('a bot that slept', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ min: 1, max: 4 })
    await rig.grow(2)
  })

  /** Another bot takes the operation up just as this one has looked whether it may do `step`. */
  const overtakenAt = async (step: Operation['step'], kind: Operation['kind']): Promise<void> => {
    const { store } = rig.services
    let slept = false
    const services = {
      ...rig.services,
      store: {
        ...store,
        load: async (poolId: string) => {
          const state = await store.load(poolId)
          const mine = state?.operations.find((one) => one.kind === kind && one.state.kind === 'running')
          if (mine?.step !== step || slept) return state
          slept = true
          await runOperation(rig.services, 'web', mine.id, ORDER)
          return store.load(poolId)
        },
      },
    }
    const running = (await rig.state()).operations.find((one) => one.kind === kind && one.state.kind === 'running')!
    await runOperation(services, 'web', running.id, ORDER)
    assert.ok(slept, `never came to ${step}`)
  }

  for (const step of ['drain', 'idle', 'detach', 'destroy'] as const) {
    it(`does nothing of a scale in that another has done from ${step} on`, async () => {
      await rig.ask({ kind: 'scale', count: 2 })
      await overtakenAt(step, 'scaleIn')
      const calls = [...rig.yard.calls, ...rig.door.calls]
      assert.equal(calls.filter((call) => call.startsWith('destroy')).length, 1, calls.join())
      assert.equal(calls.filter((call) => call.startsWith('remove')).length, 1, calls.join())
    })
  }

  for (const step of ['shutdown', 'copy', 'start'] as const) {
    it(`does not switch off an origin that another has brought back from ${step} on`, async () => {
      await rig.run(5, 0.1)
      await rig.ask({ kind: 'refresh', choice: { kind: 'graceful' } })
      await overtakenAt(step, 'snapshot')
      assert.equal(rig.yard.calls.filter((call) => call === 'power d1 off').length, 1, rig.yard.calls.join())
      assert.equal(rig.yard.droplets.get('d1')?.status, 'active')
    })
  }

  for (const kind of ['scaleIn', 'scaleOut', 'snapshot'] as const) {
    it(`goes on with a ${kind} over which Redis was slow, and blames nobody`, async () => {
      await rig.run(5, 0.1)
      if (kind === 'snapshot') await rig.ask({ kind: 'refresh', choice: { kind: 'graceful' } })
      else await rig.ask({ kind: 'scale', count: kind === 'scaleIn' ? 2 : 4 })
      const { store } = rig.services
      let slow = 0
      let elapsed = 0
      const services = {
        ...rig.services,
        elapsed: () => elapsed,
        // Of each twelve answers the first four come late.
        store: { ...store, load: (poolId: string) => ((elapsed += slow++ % 12 < 4 ? 900 : 1), store.load(poolId)) },
      }
      const running = (await rig.state()).operations.find((one) => one.kind === kind && one.state.kind === 'running')!
      const own = async (): Promise<Operation> => (await rig.state()).operations.find((one) => one.id === running.id)!
      // As the queue does, which takes it up again.
      for (let turn = 0; turn < 30 && (await own()).state.kind === 'running'; turn++) {
        const late = runOperation(services, 'web', running.id, ORDER).catch((error: unknown) => error)
        assert.ok(!((await late) instanceof Error) || (await late) instanceof Late, String(await late))
        assert.equal((await own()).trouble ?? null, null)
      }
      const { state, failure } = await own()
      assert.deepEqual([state.kind, failure], ['done', null])
      assert.ok(slow > 12, `${slow} looks`)
    })
  }

  it('drains again what has visitors once more, before it is cut off', async () => {
    await rig.ask({ kind: 'scale', count: 2 })
    const { list } = rig.door
    let looks = 0
    // Seen idle once; then somebody takes it back.
    rig.door.list = async () => {
      const all = await list()
      const leaving = all.find((one) => one.state === 'draining')
      if (leaving !== undefined && ++looks === 2) await rig.door.add(leaving.url)
      return list()
    }
    await rig.work()
    const calls = rig.door.calls.filter((call) => !call.startsWith('list')).map((call) => call.split(' ')[0])
    assert.deepEqual(calls, ['drain', 'add', 'drain', 'remove'])
    assert.equal(rig.yard.calls.filter((call) => call.startsWith('destroy')).length, 1)
  })

  it('does not hook on what another has taken off since', async () => {
    const [, clone] = (await rig.state()).members
    await rig.door.remove(clone!.url!)
    rig.door.calls.length = 0
    const { store } = rig.services
    const services = {
      ...rig.services,
      store: {
        ...store,
        lock: async (poolId: string, waitMs: number) => {
          const lease = await store.lock(poolId, waitMs)
          // It lapsed meanwhile.
          return lease === null ? null : { ...lease, renew: async () => false }
        },
      },
    }
    rig.pass(1000)
    await rig.report(0.3)
    await tickPool(services, 'web', 1000)
    assert.deepEqual(rig.door.calls, [])
    rig.pass(30_000)
    await rig.report(0.3)
    await tickPool(rig.services, 'web', 1000)
    assert.deepEqual(rig.door.calls, [`add ${clone!.url}`])
  })

  it('does not delete as half made what was taken in since', async () => {
    const tags = [
      'spinup',
      'spinup-pool:web',
      'spinup-op:lost',
      `spinup-since:${(await rig.state()).pool.createdAt.toString(36)}`,
    ]
    const droplet = { ...rig.yard.droplets.get('d1')!, id: 's1', name: 'web-9', url: 'http://s1', tags }
    rig.yard.droplets.set('s1', droplet)
    const state = await rig.state()
    const seen = await lookAround(rig.services, state)
    const litter = (await withPool(rig.services, 'web', 1000, async (session) => applyComparison(session, seen)))!
    assert.deepEqual(
      litter.map((one) => one.kind),
      ['halfMade'],
    )
    await rig.change({ members: { put: [exampleMember('web-9', { dropletId: 's1' })] } })
    await cleanUp(rig.services, state.pool, litter)
    assert.ok(rig.yard.droplets.has('s1'))
  })
})
