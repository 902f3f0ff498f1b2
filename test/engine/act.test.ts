import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { startRig, type Rig } from './rig.ts'

const prompt = { scaleOutCooldownMs: 0, windowMs: 4000, scaleInWindowMs: 20_000, scaleInCooldownMs: 5000 }

describe('mode auto', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
  beforeEach(() => rig.reset(prompt))

  it('scales out under load, serves from the clones, and scales in when it is quiet', async () => {
    await rig.run(10, 0.7)
    assert.deepEqual(await rig.work(), ['finished'])
    await rig.run(1, 0.3)
    let state = await rig.state()
    assert.deepEqual(
      state.members.map((member) => [member.id, member.phase]),
      [
        ['web-1', 'inService'],
        ['web-2', 'inService'],
      ],
    )
    assert.ok(rig.door.backends.has(state.members[1]!.url!))
    const [out] = await rig.views('episode')
    assert.ok(out?.stage === 'settled' && out.members[0]?.label === 'in service')

    // A single idle clone is kept for a while: being without it once would cost more.
    for (let spell = 0; spell < 150 && (await rig.state()).operations.length === 0; spell++) {
      rig.pass(9000)
      await rig.run(1, 0.05)
    }
    assert.deepEqual(await rig.work(), ['finished'])
    await rig.run(1, 0.05)
    state = await rig.state()
    assert.deepEqual(
      state.members.map((member) => member.id),
      ['web-1'],
    )
    assert.equal(rig.yard.droplets.size, 1)
    const episodes = await rig.views('episode')
    const last = episodes.at(-1)
    assert.ok(last?.direction === 'in' && last.stage === 'settled')
    const journal = await rig.services.store.journal('web', 10)
    assert.deepEqual(
      journal.map((line) => line.what.slice(0, 10)),
      ['Scale in: ', 'Scale out:'],
    )
  })

  it('keeps one decision while it holds for the same reason, with fresh numbers', async () => {
    await rig.run(30, 0.3)
    const first = (await rig.state()).decision!
    await rig.run(30, 0.3)
    const later = (await rig.state()).decision!
    assert.equal(later.id, first.id)
    assert.equal(later.at, rig.now())
    const record = await rig.services.store.decisions('web', 100)
    assert.ok(record.length < 5, String(record.length))
  })

  it('tells agents’ loads to the balancer and takes a member on again that it lost', async () => {
    await rig.grow(1)
    await rig.run(1, 0.4)
    const { members } = await rig.state()
    assert.deepEqual(Object.keys(rig.door.loads).length, 2)
    rig.door.backends.clear()
    await rig.run(1, 0.4)
    assert.deepEqual([...rig.door.backends.keys()].toSorted(), members.map((member) => member.url).toSorted())
  })
})

describe('mode observe', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.stop())
  beforeEach(() => rig.reset({ ...prompt, mode: 'observe', max: 9 }))

  it('says once what it would do, and does nothing', async () => {
    await rig.run(90, 0.7, 3)
    const said = (await rig.views('decision')).filter((view) => view.observedOnly)
    assert.equal(said.length, 1)
    assert.deepEqual([said[0]!.decision.from, said[0]!.decision.to], [1, 2])
    const state = await rig.state()
    assert.deepEqual([state.members.length, state.operations.length, state.episodes.length], [1, 0, 0])
    assert.equal(rig.queued.size, 0)
    assert.deepEqual(rig.yard.calls, [])
    const record = await rig.services.store.decisions('web', 1000)
    assert.equal(record.filter((decision) => decision.kind === 'scaleOut').length, 1)
  })

  it('says so again when it would do something else', async () => {
    await rig.grow(1)
    await rig.run(10, 0.72)
    await rig.run(10, 0.98)
    const said = (await rig.views('decision')).map((view) => view.decision.to)
    assert.deepEqual(said, [3, 6])
  })
})
