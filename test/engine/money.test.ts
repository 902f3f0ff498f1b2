import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Policy } from '../../src/core/model/policy.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { permit } from '../../src/engine/operations/permit.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

/** Ways past the maximum and around the origin that people, other programs and bad luck find. */
describe('the bill', () => {
  const rig = running(startRig)

  const begin = async (policy: Partial<Policy>, clones = 0): Promise<void> => {
    await rig.reset(policy)
    if (clones > 0) await rig.grow(clones)
    await rig.run(2, 0.3)
  }
  const pass = async (seconds: number, cpu = 0.3): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await rig.run(1, cpu)
      await rig.work()
    }
  }
  const there = (): number => rig.yard.droplets.size
  const retag = (name: string, tags: readonly string[]): void => {
    for (const [id, one] of rig.yard.droplets) if (one.name === name) rig.yard.droplets.set(id, { ...one, tags })
  }

  it('counts clones whose tags somebody has taken off: they are paid for', async () => {
    await begin({ max: 3 }, 2)
    retag('web-2', [])
    retag('web-3', ['spinup'])
    await rig.ask({ kind: 'policy', changes: { max: '4' } })
    await rig.ask({ kind: 'pin', count: 4, forMs: 3_600_000, reason: '' })
    await rig.run(1, 0.9)
    await rig.ask({ kind: 'policy', changes: { max: '3' } })
    const order = (await rig.state()).operations.find(({ kind }) => kind === 'scaleOut')!
    const bound = (await permit(rig.services, order))!
    assert.equal(bound.most, 2)
    assert.equal(bound.known.length, 2, 'known by their ids, whatever tags the account shows')
    await rig.work()
    assert.equal(there(), 3)
  })

  it('takes nothing back past a maximum that was lowered since', async () => {
    await begin({ max: 4 }, 3)
    await rig.ask({ kind: 'scale', count: 1 })
    await pass(3)
    await rig.ask({ kind: 'policy', changes: { max: '2' } })
    await rig
      .ask({ kind: 'undo', episode: null })
      .catch((error: unknown) => assert.match(String(error), /maximum of 2/))
    await pass(5, 0.9)
    assert.ok(there() <= 2, String(there()))
  })

  it('carries out no yes to a question that was asked under a higher maximum', async () => {
    await begin({ max: 5, mode: 'approve' })
    await rig.run(20, 0.99)
    assert.equal(
      (await rig.state()).approvals.some(({ state }) => state === 'open'),
      true,
    )
    await rig.ask({ kind: 'policy', changes: { max: '2' } })
    await rig.ask({ kind: 'approve', id: null }).catch(() => undefined)
    await pass(5, 0.99)
    assert.ok(there() <= 2, String(there()))
  })

  it('comes down with the calendar’s maximum', async () => {
    await begin({
      max: 2,
      scaleInCooldownMs: 0,
      calendar: [{ cron: '* * * * *', forMs: 90_000, timeZone: 'UTC', min: 4, max: 4 }],
    })
    await pass(5)
    assert.equal(there(), 4)
    await rig.ask({ kind: 'policy', changes: { calendar: 'none' } })
    await pass(90)
    assert.equal(there(), 2)
  })

  it('is not run up by one who switches between sizes all the time', async () => {
    await begin({ max: 3 })
    let most = 0
    for (let turn = 0; turn < 20; turn++) {
      await rig.ask({ kind: 'scale', count: (turn % 3) + 1 }).catch(() => undefined)
      await rig.run(1, 0.3)
      if (turn % 2 === 0) void rig.work()
      most = Math.max(most, there())
    }
    await pass(3)
    assert.ok(most <= 3, String(most))
  })

  it('never has the origin in it as a droplet to be removed, whatever tags people put on it', async () => {
    await begin({ max: 3 }, 1)
    const origin = (await rig.state()).pool.originDropletId!
    for (const tags of [
      ['spinup', 'spinup-pool:web'],
      ['spinup', 'spinup-pool:web', 'spinup-op:gone'],
      ['SPINUP', 'Spinup-Pool:web'],
    ]) {
      retag('web', tags)
      rig.pass(600_000)
      await rig.run(1, 0.3)
      await reconcile(rig.services, 'web')
      await rig.work()
      const { upkeep, members } = await rig.state()
      assert.ok(rig.yard.droplets.has(origin), tags.join())
      assert.deepEqual(upkeep.unmanaged, [], tags.join())
      assert.equal(members[0]!.dropletId, origin)
      await assert.rejects(rig.ask({ kind: 'remove', name: origin }))
      await assert.rejects(rig.ask({ kind: 'remove', name: 'web-1' }))
    }
  })

  it('leaves nothing behind when a pool is given up while clones are on their way', async () => {
    await begin({ max: 4 })
    await rig.ask({ kind: 'scale', count: 4 })
    await rig.tick()
    const working = rig.work()
    await rig.ask({ kind: 'disconnect', confirm: 'web' })
    await working
    for (let turn = 0; turn < 60 && (await rig.services.store.load('web')) !== null; turn++) {
      rig.pass(1000)
      await rig.tick()
      if ((await rig.services.store.load('web')) !== null) await rig.work()
    }
    assert.deepEqual(
      [...rig.yard.droplets.values()].map(({ name }) => name),
      ['web'],
    )
    assert.ok(!rig.yard.calls.some((call) => call.includes('d1')), 'the origin was not touched')
  })
})
