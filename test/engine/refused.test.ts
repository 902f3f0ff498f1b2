import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const SAID = 'DigitalOcean did not create the droplet: Size is not available in this region. There is s-1vcpu-2gb.'

/** Between two ticks. */
const EVERY_SECONDS = 3

describe('a provider that makes none for a while', () => {
  const rig = running(startRig)
  /** When it was asked for one, seconds since the beginning. */
  let asked: number[] = []
  let startedAt = 0
  beforeEach(async () => {
    await rig.reset({ min: 1, max: 4 })
    startedAt = rig.now()
    asked = []
  })

  const refuse = (): void => {
    rig.yard.before = ({ name }) => {
      asked.push((rig.now() - startedAt) / 1000)
      throw new SpinupError('providerRefused', SAID.replace('droplet:', `droplet ${name}:`), { retryable: true })
    }
  }
  const supply = (): void => void (rig.yard.before = () => undefined)
  const pass = async (seconds: number, cpu: number): Promise<void> => {
    for (let left = seconds; left > 0; left -= EVERY_SECONDS) {
      await rig.run(Math.min(left, EVERY_SECONDS), cpu, EVERY_SECONDS)
      await rig.work()
    }
  }

  it('is asked again ever more rarely, and helps by itself once it can', async () => {
    refuse()
    await pass(300, 0.95)
    const tries = [...new Set(asked)]
    const waits = tries.slice(1).map((at, index) => at - tries[index]!)
    assert.deepEqual(
      waits.map((wait) => Math.round(wait / 15) * 15),
      [15, 30, 60, 120],
    )
    const { memory, upkeep, decision, members } = await rig.state()
    assert.deepEqual([memory.failures, memory.stoppedAt, upkeep.failures], [0, null, []])
    assert.deepEqual(memory.changes, [], 'no change was made')
    assert.equal(members.length, 1)
    assert.equal(decision?.rule, 'refused')
    assert.match(
      decision!.reason,
      /would go to \d, but no droplet can be made right now; next try in .*Size is not available/,
    )
    supply()
    await pass(125, 0.95)
    const after = await rig.state()
    assert.ok(after.members.length > 2, 'the first shows that there are more')
    assert.equal(after.upkeep.refused, null)
  })

  it('is told of once, in its own words, and until it is over', async () => {
    refuse()
    await pass(200, 0.95)
    const alerts = await rig.views('alert')
    assert.deepEqual(
      alerts.map(({ title, text, state }) => [title, text, state]),
      [['No droplet can be made right now', SAID, 'active']],
    )
    assert.match(alerts[0]!.fix ?? '', /retried as long as one is wanted.*policy max/)
    const episodes = [...(await rig.cards()).values()].filter(({ view }) => view.kind === 'episode')
    assert.equal(episodes.length, 1, 'all tries are on one card')
    const history = await rig.services.store.journal('web', 50)
    assert.equal(history.filter(({ what }) => what.startsWith('Scale out')).length, 1)
    supply()
    await pass(125, 0.95)
    assert.equal((await rig.views('alert')).find(({ title }) => /No droplet/.test(title))?.state, 'resolved')
  })

  it('is asked by a person at once, who has a card of their own', async () => {
    refuse()
    await pass(100, 0.95)
    const before = asked.length
    await rig.ask({ kind: 'resume' })
    await pass(1, 0.95)
    assert.equal(asked.length, before + 1)
    const tries = (await rig.views('episode')).length
    await rig.ask({ kind: 'up', count: 1 })
    await rig.work()
    await pass(1, 0.95)
    assert.equal(asked.length, before + 2)
    assert.equal((await rig.views('episode')).length, tries + 1)
  })

  it('is forgotten once nobody wants another', async () => {
    refuse()
    await pass(30, 0.95)
    assert.notEqual((await rig.state()).upkeep.refused, null)
    await pass(240, 0.1)
    const { upkeep, alarms } = await rig.state()
    assert.deepEqual([upkeep.refused, alarms], [null, []])
  })

  it('does not count as a failure of clones, which goes on counting', async () => {
    const { add } = rig.door
    rig.door.add = async () => {
      throw new SpinupError('balancerFailed', 'It is in another VPC.', { retryable: false })
    }
    await rig.ask({ kind: 'up', count: 2 })
    await rig.work()
    await rig.run(1, 0.3)
    refuse()
    await rig.ask({ kind: 'up', count: 2 })
    await rig.work()
    await rig.run(1, 0.3)
    const { memory, upkeep } = await rig.state()
    assert.deepEqual([memory.failures, memory.stoppedAt, upkeep.failures.length], [2, null, 2])
    rig.door.add = add
  })

  it('is not asked for anew where the team said yes already', async () => {
    await rig.ask({ kind: 'mode', mode: 'approve' })
    refuse()
    await pass(20, 0.95)
    assert.deepEqual(asked, [])
    await rig.ask({ kind: 'approve', id: null })
    await rig.work()
    await pass(120, 0.95)
    assert.ok(new Set(asked).size >= 3, 'it is tried again')
    assert.deepEqual(
      (await rig.state()).approvals.map((one) => one.state),
      ['approved'],
    )
  })

  it('is not forgotten while a try is under way', async () => {
    refuse()
    await pass(20, 0.95)
    const { refused } = (await rig.state()).upkeep
    let go = (): void => undefined
    rig.yard.before = async () => {
      await new Promise<void>((resolve) => (go = resolve))
      throw new SpinupError('providerRefused', SAID, { retryable: true })
    }
    rig.pass(60_000)
    await rig.run(1, 0.95)
    const trying = rig.work()
    await rig.run(20, 0.95)
    assert.equal((await rig.state()).upkeep.refused?.since, refused?.since)
    go()
    await trying
    await rig.run(1, 0.95)
    assert.equal((await rig.state()).upkeep.refused?.tries, refused!.tries + 1)
    assert.equal((await rig.views('alert')).length, 1)
  })

  it('keeps a refresh waiting, and ends it only where waiting does not help', async () => {
    refuse()
    await rig.ask({ kind: 'refresh', choice: { kind: 'graceful' } })
    await pass(60, 0.1)
    const { refresh } = await rig.state()
    assert.equal(refresh?.stage, 'working')
    assert.match(refresh!.waiting ?? '', /No droplet can be made right now; it is tried again/)
    assert.ok(!rig.yard.calls.some((call) => call.startsWith('power')), 'the only one that serves is left on')
    supply()
    await pass(130, 0.1)
    assert.equal((await rig.state()).refresh?.stage, 'done')
  })

  it('is another matter where something is wrong with what was asked', async () => {
    rig.yard.before = () => {
      throw new SpinupError('providerFailed', 'There is no snapshot golden.', { retryable: false })
    }
    await pass(60, 0.95)
    const [alert] = await rig.views('alert')
    assert.deepEqual(
      [alert?.title, alert?.text, alert?.tone],
      ['No droplet can be made', 'There is no snapshot golden.', 'bad'],
    )
    assert.equal((await rig.state()).memory.stoppedAt, null)
  })
})
