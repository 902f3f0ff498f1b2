import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { View } from '../../src/core/model/view.ts'
import { startRig } from '../engine/rig.ts'
import { anyNumber } from '../permit.ts'
import { running } from '../running.ts'

describe('disconnect', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset())
  const type = (confirm: string | null): Promise<readonly View[]> => rig.ask({ kind: 'disconnect', confirm })
  const card = async (): Promise<View> => (await rig.views('answer')).find((view) => /isconnect/.test(view.title))!
  const poolKeys = async (): Promise<readonly string[]> =>
    (await rig.redis.keys('spinup:*')).filter((key) => key.includes('{web}') && !key.includes(':chart:'))
  const until = async (over: () => Promise<boolean>): Promise<void> => {
    for (let turn = 0; turn < 20 && !(await over()); turn++) {
      rig.pass(1000)
      await rig.report(0.1)
      await rig.work()
      await rig.tick()
    }
    assert.ok(await over())
  }
  const gone = async (): Promise<boolean> => (await rig.services.store.list()).length === 0

  it('asks first, with a button, and changes nothing', async () => {
    await rig.grow(2)
    const [view] = await type(null)
    assert.ok(view?.kind === 'answer')
    assert.match(view.text, /^2 clones are drained and deleted first\. Then I .*Your own droplet is not touched/)
    assert.deepEqual(view.actions, [
      { action: 'run:/spinup disconnect web @web', label: 'Disconnect web', style: 'danger' },
    ])
    assert.equal((await rig.state()).pool.phase, 'ready')
    await assert.rejects(type('shop'), /connected droplet is web, not shop; nothing was changed/)
    assert.equal((await rig.state()).pool.phase, 'ready')
  })

  it('lets the clones leave by scale in, then gives up the account and forgets the pool', async () => {
    await rig.grow(2)
    await rig.change({ pool: { ...(await rig.state()).pool, account: 'account-1' } })
    await rig.services.identities.issue('web', 'web-1', 'k'.repeat(32))
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: 3_600_000, reason: 'mine' })
    await rig.ask({ kind: 'pin', count: 3, forMs: 3_600_000, reason: 'launch' })
    const origin = (await rig.state()).members.find((member) => member.role === 'origin')!
    assert.deepEqual(await type('web'), [])
    const state = await rig.state()
    assert.equal(state.pool.phase, 'disconnecting')
    assert.deepEqual(state.operations.map((one) => [one.kind, one.memberId]).toSorted(), [
      ['scaleIn', 'web-2'],
      ['scaleIn', 'web-3'],
    ])
    assert.deepEqual(await rig.forgotten, [], 'the account is needed until they are gone')
    await until(gone)
    assert.deepEqual(
      rig.door.calls.filter((call) => call.startsWith('drain')).length,
      2,
      'each was drained before it was deleted',
    )
    assert.deepEqual(
      [...rig.yard.droplets.values()].map((droplet) => droplet.name),
      ['web'],
    )
    assert.ok(rig.door.backends.has(origin.url!), 'the origin goes on serving')
    assert.ok(!rig.yard.calls.some((call) => call.includes(`${origin.dropletId}`)), 'and was not touched')
    assert.deepEqual(rig.forgotten, ['account-1'])
    assert.deepEqual(await poolKeys(), [])
    const view = await card()
    assert.ok(view.kind === 'answer' && view.title === 'web is disconnected')
    assert.match(view.text, /Access to the account was revoked/)
    assert.match(view.text, /This takes the agent off it: uninstall$/)
  })

  it('waits for a clone that is still on its way, and lets it leave then', async () => {
    await rig.ask({ kind: 'up', count: 1 })
    assert.deepEqual(await type('web'), [])
    await rig.tick()
    assert.equal(await gone(), false)
    assert.equal((await rig.state()).operations[0]?.kind, 'scaleOut')
    await until(gone)
    assert.equal(rig.yard.droplets.size, 1)
  })

  it('lets the last clone leave although the origin is away, so that nobody is left to serve', async () => {
    await rig.grow(1)
    const [origin] = (await rig.state()).members
    await rig.change({ members: { put: [{ ...origin!, phase: 'failed' }] } })
    await type('web')
    await until(gone)
    assert.deepEqual(
      [...rig.yard.droplets.values()].map((droplet) => droplet.name),
      ['web'],
    )
  })

  it('names droplets of its making that nobody knew of, and deletes none of them', async () => {
    const tags = ['spinup', 'spinup-pool:web']
    const request = { name: 'web-9', snapshotId: 'golden', operationTag: 'x', tags, userData: '' }
    const { id } = await rig.yard.create(request, anyNumber)
    await type('web')
    await until(gone)
    const view = await card()
    assert.ok(view.kind === 'answer' && view.tone === 'warn')
    assert.match(view.text, new RegExp(`still there, and billed: web-9 \\(${id}\\)`))
    assert.ok(rig.yard.droplets.has(id))
  })

  it('decides nothing any more meanwhile, and refuses other commands', async () => {
    await rig.grow(1)
    await type('web')
    await rig.run(30, 0.99)
    assert.ok(!rig.yard.calls.some((call) => call.startsWith('create')))
    await assert.rejects(rig.ask({ kind: 'up', count: 1 }), /being disconnected; nothing was changed/)
    await assert.rejects(rig.ask({ kind: 'connect', choice: null }), /being disconnected/)
    const [again] = await type('web')
    assert.ok(again?.kind === 'answer' && again.title === 'Disconnecting web')
  })

  it('ends once where two bots look at the same time, and after a bot that died in it', async () => {
    await type('web')
    const lease = await rig.services.store.claimEnd('web')
    await rig.tick()
    assert.equal(await gone(), false, 'the other bot is at it')
    await lease?.release()
    await Promise.all([rig.tick(), rig.tick()])
    await until(gone)
    assert.deepEqual(rig.forgotten, ['web'])
  })

  it('makes room for another pool, which knows nothing of the one before', async () => {
    await rig.grow(1)
    await type('web')
    await until(gone)
    await rig.pick('web')
    const state = await rig.state()
    assert.equal(state.pool.phase, 'connecting')
    assert.equal(state.onboarding?.step, 'agent')
    assert.deepEqual(
      state.members.map((member) => member.id),
      ['web-1'],
    )
    assert.equal(state.nextMember, 2)
  })
})
