import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { startRig, type Rig } from './rig.ts'

describe('alarms', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
  beforeEach(async () => {
    await rig.reset({ scaleInWindowMs: 86_400_000, mode: 'observe' })
    await rig.grow(2)
    await rig.run(3, 0.4)
  })
  /** Seconds in which only some members report. */
  const only = async (seconds: number, members: readonly string[]): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      rig.pass(1000)
      await rig.report(0.4, 1, members)
      await rig.tick()
    }
  }
  const raised = async (): Promise<number> =>
    (await rig.services.store.journal('web', 100)).filter((line) => line.actor.id === 'spinup').length

  it('are raised once for a silent agent, and resolved when it speaks again', async () => {
    await only(34, ['web-1', 'web-2'])
    assert.deepEqual(await rig.views('alert'), [])
    await only(20, ['web-1', 'web-2'])
    const [alert, ...more] = await rig.views('alert')
    assert.deepEqual(more, [])
    assert.equal(alert?.title, 'web-3 is silent')
    assert.equal(alert.state, 'active')
    assert.equal(await raised(), 1)
    assert.equal((await rig.cards()).get(`alert:silent:${alert.since}`)?.revision, 1, 'the card is not touched again')

    await rig.run(2, 0.4)
    const after = await rig.views('alert')
    assert.deepEqual(
      after.map((view) => [view.state, view.title]),
      [['resolved', 'Resolved: web-3 is silent']],
    )
    assert.deepEqual((await rig.state()).alarms, [])
  })

  it('name every silent agent, also those that fell silent later', async () => {
    await only(20, ['web-1', 'web-2'])
    await only(40, ['web-1'])
    const [alert, ...more] = await rig.views('alert')
    assert.deepEqual(more, [])
    assert.equal(alert?.title, '2 agents are silent')
    assert.match(alert.text, /No sample from web-2, web-3 for over 35 s/)
    assert.equal(await raised(), 1)
  })

  it('tell of a balancer out of reach, while the pool is watched on', async () => {
    rig.door.shut = true
    await rig.run(3, 0.4)
    const [alert] = await rig.views('alert')
    assert.deepEqual([alert?.title, alert?.text], ['The balancer is out of reach', 'The door is shut; open it.'])
    assert.equal((await rig.state()).lastTickAt, rig.now())
    assert.equal((await rig.state()).decision?.at, rig.now())
    rig.door.shut = false
    await rig.run(1, 0.4)
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')
    rig.door.shut = true
    await rig.run(2, 0.4)
    assert.deepEqual(
      (await rig.views('alert')).map((view) => view.state),
      ['resolved', 'active'],
      'a new trouble is a new card',
    )
  })

  it('tell of members that the balancer finds unhealthy', async () => {
    const [, second] = (await rig.state()).members
    rig.door.sick.add(second!.url!)
    await rig.run(2, 0.4)
    const [alert] = await rig.views('alert')
    assert.match(alert!.text, /^web-2 fails its health check/)
    rig.door.sick.clear()
    await rig.run(1, 0.4)
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')
  })
})
