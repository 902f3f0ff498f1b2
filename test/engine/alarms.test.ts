import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { createIdentities } from '../../src/store/identities.ts'
import { ledgerKeys, type ReportClaim } from '../../src/store/report-ledger.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

describe('alarms', () => {
  const rig = running(startRig)
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

  it('tell of a statistic that nobody reports, though every agent speaks', async () => {
    await rig.reset({ stat: 'queue_depth', target: 5, mode: 'observe' })
    await rig.run(50, 0.4)
    const [alert, ...more] = await rig.views('alert')
    assert.deepEqual(more, [])
    assert.equal(alert?.title, 'Nobody reports queue_depth')
    assert.match(alert.text, /no member has reported it for over 35 s, though agents report other figures/)
  })

  for (const [fallback, says] of [
    [{ kind: 'hold' }, /other figures\. Nothing is scaled in meanwhile\.$/],
    [{ kind: 'size', members: 3 }, /so the pool keeps 3 members meanwhile\.$/],
    [{ kind: 'stat', stat: 'cpu', target: 0.7 }, /so the pool goes by CPU \(target 70 %\) meanwhile\.$/],
    [{ kind: 'stat', stat: 'jobs', target: 20 }, /so the pool goes by jobs \(target 20\) meanwhile\.$/],
  ] as const) {
    it(`say what counts while a statistic is not reported: ${JSON.stringify(fallback)}`, async () => {
      await rig.reset({ stat: 'queue_depth', target: 5, mode: 'observe', fallback })
      await rig.run(50, 0.4)
      const alert = (await rig.views('alert')).find(({ title }) => title === 'Nobody reports queue_depth')
      assert.match(alert!.text, says)
    })
  }

  it('name every silent agent, also those that fell silent later', async () => {
    await only(20, ['web-1', 'web-2'])
    await only(40, ['web-1'])
    const [alert, ...more] = await rig.views('alert')
    assert.deepEqual(more, [])
    assert.equal(alert?.title, '2 agents are silent')
    assert.match(alert.text, /No sample from web-2, web-3 for over 35 s/)
    assert.equal(await raised(), 1)
  })

  it('tell of a balancer unreachable, while the pool is watched on', async () => {
    rig.door.shut = true
    await rig.run(3, 0.4)
    const [alert] = await rig.views('alert')
    assert.deepEqual([alert?.title, alert?.text], ['The balancer is unreachable', 'The door is shut; open it.'])
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

  /** A report of a member's agent, as far as the ledger sees it. */
  const reported = async (memberId: string, boot: string, fields: Partial<ReportClaim> = {}): Promise<string> => {
    const { ledger } = createIdentities(rig.redis)
    const seq = reports++
    const about = { version: '1.2.0', host: `host of ${boot}`, clockAheadMs: 0, notes: [] }
    const claim = { poolId: 'web', memberId, boot, seq, count: 1, ...about, stats: ['cpu'], ...fields }
    const answer = await ledger.claim(claim)
    if (answer.kind === 'claimed') await ledger.commit(claim, answer.token)
    return answer.kind
  }
  let reports = 0
  /** As if that had been so long ago. */
  const ago = (memberId: string, field: string, ms: number) =>
    rig.redis.hset(ledgerKeys('web', memberId)[0], field, Date.now() - ms)

  it('name both hosts that report as one member, for as long as the one that is refused goes on', async () => {
    await reported('web-2', 'boot-old-1')
    await reported('web-2', 'boot-new-1')
    await rig.run(1, 0.4)
    assert.deepEqual(await rig.views('alert'), [], 'an agent that was restarted is one host')
    await ago('web-2', 'takenAt', 5_000)
    assert.equal(await reported('web-2', 'boot-old-1'), 'replaced')
    await rig.run(1, 0.4)
    const [alert] = await rig.views('alert')
    assert.equal(alert?.title, 'Two hosts report as web-2')
    assert.match(
      alert!.text,
      /web-2: host of boot-new-1, run boot-new reports; host of boot-old-1, run boot-old came before it and is refused/,
    )
    await ago('web-2', 'rivalAt', 125_000)
    await rig.run(1, 0.4)
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')
  })

  it('tell whose clock is wrong and by how much, also of a member that is still on its way', async () => {
    await reported('web-1', 'boot-aaaa')
    await reported('web-2', 'boot-bbbb', { clockAheadMs: 3_600_000 })
    await reported('web-3', 'boot-cccc', { clockAheadMs: -12_000 })
    await rig.run(1, 0.4)
    const [alert] = await rig.views('alert')
    assert.equal(alert?.title, 'The clock of web-2 is 1 h ahead')
    assert.match(alert!.text, /Samples are corrected by that much, so they count/)
    await reported('web-2', 'boot-bbbb')
    await rig.run(1, 0.4)
    assert.equal((await rig.views('alert'))[0]?.state, 'resolved')
  })

  it('suspect Redis’s own clock where every droplet’s disagrees with it by the same', async () => {
    for (const [index, id] of ['web-1', 'web-2', 'web-3'].entries()) {
      await reported(id, `boot-${id}`, { clockAheadMs: 600_000 + index * 900 })
    }
    await rig.run(1, 0.4)
    const [alert] = await rig.views('alert')
    assert.equal(alert?.title, 'Redis’s clock is 10 min behind, compared with every droplet’s')
    assert.match(String(alert?.fix), /On Redis’s machine/)
  })
})
