import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { reconcile } from '../../../src/engine/reconcile/reconcile.ts'
import { sinceTag } from '../../../src/core/pool/tags.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import type { Droplet } from '../../../src/providers/provider.ts'
import { exampleMember } from '../../store/example-state.ts'
import { until } from '../../wait.ts'
import { startRig, type Rig } from '../rig.ts'
import { anyNumber } from '../../permit.ts'

const TAGS = ['spinup', 'spinup-pool:web']

describe('comparing every minute', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
  beforeEach(async () => {
    await rig.reset({ min: 3, max: 4 })
    await rig.grow(2)
    rig.pass(60_000)
    await rig.run(2, 0.3)
  })

  const compare = (): Promise<boolean> => reconcile(rig.services, 'web')
  const make = async (tags: readonly string[], name = 'web-9'): Promise<Droplet> => {
    const speak = rig.yard.after
    rig.yard.after = () => undefined
    const made = await rig.yard.create(
      { name, snapshotId: 'golden', operationTag: `x-${name}`, tags, userData: '' },
      anyNumber,
    )
    rig.yard.after = speak
    rig.yard.calls.length = 0
    return made
  }
  const member = async (id: string) => (await rig.state()).members.find((one) => one.id === id)
  const ids = async (): Promise<readonly string[]> => (await rig.state()).members.map((one) => one.id)

  it('changes nothing when all agree', async () => {
    assert.equal(await compare(), true)
    assert.deepEqual([rig.yard.calls, rig.door.calls], [[], []])
    const { upkeep, operations } = await rig.state()
    assert.deepEqual([upkeep.comparedAt, upkeep.unmanaged, operations], [rig.now(), [], []])
  })

  it('removes a half-made clone at once, and tells', async () => {
    const half = await make([...TAGS, 'spinup-op:lost', sinceTag((await rig.state()).pool)])
    await compare()
    assert.deepEqual(rig.yard.calls, [`destroy ${half.id}`])
    const told = (await rig.views('answer')).map((view) => view.title)
    assert.deepEqual(told, ['Removed a half-made clone, web-9'])
    await compare()
    assert.equal(rig.yard.calls.length, 1)
  })

  it('says nothing of a half-made clone that is gone by the time it would be removed', async () => {
    const half = await make([...TAGS, 'spinup-op:lost', sinceTag((await rig.state()).pool)])
    const listed = [...rig.yard.droplets.values()]
    rig.yard.droplets.delete(half.id)
    rig.yard.list = async () => listed
    await compare()
    assert.deepEqual([rig.yard.calls, await rig.views('answer')], [[], []])
  })

  it('takes a clone that was deleted by hand off the balancer, tells, and the judgement brings another', async () => {
    const gone = (await member('web-2'))!
    rig.yard.droplets.delete(gone.dropletId!)
    await compare()
    assert.equal((await member('web-2'))?.phase, 'draining')
    await rig.work()
    await rig.run(1, 0.3)
    assert.ok(rig.door.calls.includes(`remove ${gone.url}`) && !rig.door.calls.includes(`drain ${gone.url}`))
    const [card] = await rig.views('episode')
    assert.match(card!.reason, /web-2 was deleted by hand/)
    assert.deepEqual(await ids(), ['web-1', 'web-3', 'web-4'])
    await rig.work()
    assert.equal((await member('web-4'))?.phase, 'inService')
  })

  it('takes an account that shows nothing of the pool for another one, and forgets no droplet', async () => {
    const all = [...rig.yard.droplets]
    rig.yard.droplets.clear()
    assert.equal(await compare(), false)
    rig.pass(60_000)
    await compare()
    await rig.run(1, 0.3)
    assert.deepEqual([await ids(), rig.door.calls], [['web-1', 'web-2', 'web-3'], []])
    assert.match((await rig.views('alert'))[0]!.text, /may be another account, or team.*\/spinup disconnect/)

    await rig.ask({ kind: 'remove', name: 'web-3' })
    const leaving = rig.work()
    await until(async () => (await rig.state()).operations.some((one) => one.step === 'destroy' && one.attempt > 0), {
      what: 'an attempt to delete it',
    })
    for (const [id, droplet] of all) rig.yard.droplets.set(id, droplet)
    await leaving
    assert.deepEqual(await ids(), ['web-1', 'web-2'])
    assert.ok(![...rig.yard.droplets.values()].some((one) => one.name === 'web-3'))
    assert.equal(await compare(), true)
  })

  it('lets a clone go that somebody has taken Spinup’s tag off, and says that it was not deleted', async () => {
    const { dropletId } = (await member('web-3'))!
    const droplet = rig.yard.droplets.get(dropletId!)!
    rig.yard.droplets.set(dropletId!, { ...droplet, tags: droplet.tags.filter((tag) => tag !== 'spinup') })
    await rig.ask({ kind: 'remove', name: 'web-3' })
    await rig.work()
    await rig.run(1, 0.3)
    assert.equal(await member('web-3'), undefined)
    assert.ok(!rig.door.backends.has(droplet.url!) && rig.yard.droplets.has(dropletId!))
    const card = (await rig.views('episode')).find((view) => view.direction === 'in')
    assert.equal(card?.stage, 'failed')
    assert.match(card.members[0]!.detail!, /no longer carries the tag spinup, so it was not deleted/)
  })

  it('removes a clone that was switched off by hand, unless the team is to be asked', async () => {
    const off = (await member('web-3'))!
    await rig.yard.power(off.dropletId!, 'off')
    await rig.ask({ kind: 'mode', mode: 'approve' })
    await compare()
    await rig.run(1, 0.3)
    assert.equal((await member('web-3'))?.phase, 'inService')
    const [alert] = await rig.views('alert')
    assert.deepEqual(
      [alert?.title, alert?.actions[0]?.action],
      ['web-3 is switched off', 'run:/spinup remove web-3 @web'],
    )
    await rig.ask({ kind: 'mode', mode: 'auto' })
    await compare()
    await rig.work()
    assert.ok(rig.yard.calls.includes(`destroy ${off.dropletId}`))
    assert.deepEqual(await ids(), ['web-1', 'web-2'])
    await rig.run(1, 0.3)
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')
  })

  it('says loudly that the origin is off, never touches it, and takes it in again when it is back', async () => {
    rig.yard.calls.length = 0
    const web = rig.yard.droplets.get('d1')!
    rig.yard.droplets.set('d1', { ...web, status: 'off' })
    await compare()
    await rig.run(1, 0.3)
    const [alert] = await rig.views('alert')
    assert.deepEqual([alert?.title, alert?.tone], ['Your droplet web-1 is switched off', 'bad'])
    assert.deepEqual([rig.yard.calls, rig.door.calls], [[], []])
    rig.yard.droplets.set('d1', web)
    await compare()
    await rig.run(1, 0.3)
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')

    await rig.change({ members: { put: [{ ...(await member('web-1'))!, phase: 'failed' }] } })
    rig.door.backends.delete(web.url!)
    rig.pass(1000)
    await compare()
    assert.equal((await member('web-1'))?.phase, 'booting')
    await rig.report(0.2, 1, ['web-1'])
    await rig.work()
    assert.equal((await member('web-1'))?.phase, 'inService')
    assert.ok(rig.door.backends.has(web.url!))
    assert.ok(!rig.yard.calls.some((call) => call.includes('d1')))
  })

  it('replaces a clone that stays unhealthy: the new one first, then out with it', async () => {
    const sick = (await member('web-2'))!
    rig.door.sick.add(sick.url!)
    await rig.run(100, 0.3, 4)
    await compare()
    assert.deepEqual((await rig.state()).operations, [], 'not yet')
    await rig.run(30, 0.3, 4)
    await compare()
    assert.deepEqual(
      (await rig.state()).operations.map((one) => `${one.kind} ${one.memberId}`),
      ['scaleOut web-4'],
    )
    await compare()
    await rig.work()
    await rig.run(1, 0.3)
    assert.deepEqual(
      (await rig.state()).operations.map((one) => `${one.kind} ${one.memberId}`),
      ['scaleIn web-2'],
    )
    await rig.work()
    await rig.run(1, 0.3)
    assert.deepEqual(await ids(), ['web-1', 'web-3', 'web-4'])
    assert.deepEqual(
      rig.door.calls.filter((call) => !call.startsWith('add')),
      [`drain ${sick.url}`, `remove ${sick.url}`],
    )
    assert.equal((await rig.state()).upkeep.replacing, null)
  })

  it('at the maximum takes the unhealthy one out first', async () => {
    await rig.ask({ kind: 'policy', changes: { max: '3' } })
    rig.door.sick.add((await member('web-2'))!.url!)
    await rig.run(130, 0.3, 4)
    await compare()
    assert.deepEqual(
      (await rig.state()).operations.map((one) => `${one.kind} ${one.memberId}`),
      ['scaleIn web-2'],
    )
    await rig.run(1, 0.3)
    assert.match((await rig.views('episode'))[0]!.reason, /the maximum of 3 does not allow a new one first/)
  })

  it('takes the address of a former member off the balancer, and no other', async () => {
    const { url } = (await member('web-3'))!
    await rig.ask({ kind: 'policy', changes: { min: '1' } })
    await rig.ask({ kind: 'down', count: 1 })
    await rig.work()
    await rig.run(1, 0.3)
    await rig.door.add(url!)
    await rig.door.add('http://10.9.9.9:80')
    rig.pass(1000)
    await compare()
    assert.ok(rig.door.backends.has(url!), 'it may be what the balancer said a moment ago')
    rig.pass(60_000)
    await compare()
    assert.ok(!rig.door.backends.has(url!) && rig.door.backends.has('http://10.9.9.9:80'))
  })

  it('says when the account does not answer for long, and acts on nothing', async () => {
    rig.yard.list = async () => {
      throw new SpinupError('providerFailed', 'The token was revoked; link the account again.')
    }
    assert.equal(await compare(), false)
    await rig.run(1, 0.3)
    assert.deepEqual(await rig.views('alert'), [])
    rig.pass(60_000)
    await compare()
    await rig.run(1, 0.3)
    const [alert] = await rig.views('alert')
    assert.deepEqual(
      [alert?.title, alert?.text],
      ['The account is unreachable', 'The token was revoked; link the account again.'],
    )
  })

  describe('a droplet nobody knows', () => {
    let stranger: Droplet
    beforeEach(async () => {
      stranger = await make(TAGS)
      await compare()
      await rig.run(1, 0.3)
    })

    it('is asked about on a card, and not touched', async () => {
      const [alert, ...more] = await rig.views('alert')
      assert.deepEqual(more, [])
      assert.equal(alert?.title, 'I do not know the droplet web-9')
      assert.deepEqual(
        alert.actions.map(({ label, action }) => [label, action]),
        [
          ['Adopt', `run:/spinup adopt ${stranger.id} @web`],
          ['Remove', `run:/spinup remove ${stranger.id} @web`],
        ],
      )
      assert.deepEqual(rig.yard.calls, [])
    })

    it('is adopted: hooked on once it is heard and healthy', async () => {
      await rig.ask({ kind: 'adopt', droplet: stranger.id })
      await rig.report(0.2, 1, ['web-9'])
      assert.deepEqual(await rig.work(), ['finished'])
      await rig.run(1, 0.3)
      assert.equal((await member('web-9'))?.phase, 'inService')
      assert.ok(rig.door.backends.has(stranger.url!))
      assert.equal((await rig.state()).nextMember, 10)
      assert.deepEqual(
        (await rig.views('alert')).map((view) => view.state),
        ['resolved'],
      )
      await compare()
      assert.deepEqual((await rig.state()).upkeep.unmanaged, [])
    })

    it('is removed when asked: drained, then deleted', async () => {
      await rig.door.add(stranger.url!)
      await rig.ask({ kind: 'remove', name: 'web-9' })
      assert.deepEqual(await rig.work(), ['finished'])
      assert.deepEqual(rig.yard.calls, [`destroy ${stranger.id}`])
      assert.ok(!rig.door.backends.has(stranger.url!))
      assert.deepEqual(await ids(), ['web-1', 'web-2', 'web-3'])
    })

    it('is neither adopted past the limits nor under a name that is taken', async () => {
      await rig.ask({ kind: 'policy', changes: { max: '3' } })
      await assert.rejects(rig.ask({ kind: 'adopt', droplet: 'web-9' }), /maximum of 3 allows no more/)
      await rig.ask({ kind: 'policy', changes: { max: '9' } })
      await rig.change({ members: { put: [exampleMember('web-9')] } })
      await assert.rejects(rig.ask({ kind: 'adopt', droplet: stranger.id }), /member called web-9 already/)
    })
  })

  it('removes a member that is asked for, and never the origin', async () => {
    await assert.rejects(rig.ask({ kind: 'remove', name: 'web-1' }), /never delete it/)
    await assert.rejects(rig.ask({ kind: 'remove', name: 'web-7' }), /there are web-1, web-2, web-3/)
    await rig.ask({ kind: 'remove', name: 'web-2' })
    await rig.work()
    assert.deepEqual(await ids(), ['web-1', 'web-3'])
  })
})

describe('three clones that fail in a row', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
  beforeEach(() => rig.reset({ min: 2, max: 4 }))

  it('stop creating until a person says to try again, with the evidence on a card', async () => {
    const { add } = rig.door
    rig.door.add = async () => {
      throw new SpinupError('balancerFailed', 'It is in another VPC.', { retryable: false })
    }
    for (let failed = 0; failed < 3; failed++) {
      rig.pass(60_000)
      await rig.run(1, 0.3)
      assert.equal((await rig.state()).operations.length, 1, `try ${failed + 1}`)
      await rig.work()
    }
    rig.pass(3_600_000)
    await rig.run(3, 0.3)
    const { operations, decision, memory } = await rig.state()
    assert.deepEqual([operations, decision?.rule], [[], 'breaker'])
    assert.notEqual(memory.stoppedAt, null)
    const [alert] = await rig.views('alert')
    assert.match(alert!.title, /Creating is stopped: 3 clones failed in a row/)
    assert.deepEqual(
      alert!.facts.map((fact) => fact.name),
      ['web-2', 'web-3', 'web-4'],
    )
    assert.match(alert!.facts[0]!.value, /^hooking it onto the balancer, .* after the order: It is in another VPC/)
    assert.deepEqual(alert!.actions, [{ action: 'run:/spinup resume @web', label: 'Try again', style: 'primary' }])
    await assert.rejects(rig.ask({ kind: 'up', count: 1 }), /Creating is stopped/)

    rig.door.add = add
    await rig.ask({ kind: 'resume' })
    await rig.run(1, 0.3)
    await rig.work()
    await rig.run(1, 0.3)
    assert.deepEqual(
      (await rig.state()).members.map((one) => one.phase),
      ['inService', 'inService'],
    )
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')
    assert.deepEqual((await rig.state()).upkeep.failures, [])
  })
})
