import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SpinupError } from '../../src/core/model/error.ts'
import { counts } from '../../src/core/model/member.ts'
import type { Refresh } from '../../src/core/model/refresh.ts'
import type { RefreshChoice } from '../../src/commands/refresh.ts'
import type { RefreshView } from '../../src/core/model/view.ts'
import { reconcile } from '../../src/engine/reconcile/reconcile.ts'
import { until } from '../wait.ts'
import { startRig, type Rig } from './rig.ts'
import { running } from '../running.ts'

const ABOVE = ', one above the maximum for a while, as the policy allows'

describe('a refresh', () => {
  const rig = running(startRig)
  let most = 0
  let fewest = 0

  const begin = async (policy: Parameters<Rig['reset']>[0], clones: number): Promise<void> => {
    await rig.reset(policy)
    await rig.grow(clones)
    await rig.run(3, 0.3)
    most = 0
    fewest = 99
  }
  const refresh = async (): Promise<Refresh> => (await rig.state()).refresh!
  const ask = (kind: 'graceful' | 'live' | 'stop' = 'graceful'): ReturnType<Rig['ask']> => {
    const choice: RefreshChoice = { kind }
    return rig.ask({ kind: 'refresh', choice })
  }
  /** A second passes: everybody reports, what is under way ends, and it is looked on. */
  const turn = async (cpu = 0.3): Promise<void> => {
    const { members } = await rig.state()
    rig.pass(1000)
    await rig.report(
      cpu,
      1,
      members.map((member) => member.id),
    )
    await rig.work()
    await rig.tick()
    const after_ = (await rig.state()).members
    most = Math.max(most, after_.filter((member) => counts(member)).length)
    fewest = Math.min(fewest, [...rig.door.backends.values()].filter((one) => one.state === 'healthy').length)
  }
  const toEnd = async (cpu = 0.3): Promise<RefreshView> => {
    for (let turns = 0; turns < 60 && (await refresh()).stage === 'working'; turns++) await turn(cpu)
    const views = await rig.views('refresh')
    assert.equal(views.length, 1, 'one card')
    return views[0]!
  }
  const members = async (): Promise<readonly string[]> => (await rig.state()).members.map((member) => member.id)
  const order = (): readonly string[] => [...rig.yard.calls]

  describe('with clones', () => {
    beforeEach(() => begin({ min: 3, max: 4 }, 2))

    it('takes a snapshot with the origin off the balancer, then renews the clones one by one, the new one first', async () => {
      const old = (await rig.state()).members.slice(1)
      const origin = (await rig.state()).members[0]!
      assert.deepEqual(await ask(), [])
      const card = await toEnd()
      assert.equal(card.stage, 'done')
      assert.deepEqual(
        card.steps.map((step) => [step.label, step.state]),
        [
          ['Snapshot of web-1', 'done'],
          ['web-4 in, of the new snapshot', 'done'],
          ['web-2 out', 'done'],
          ['web-5 in, of the new snapshot', 'done'],
          ['web-3 out', 'done'],
        ],
      )
      assert.deepEqual(order().slice(0, 3), ['power d1 off', 'snapshot d1', 'power d1 on'])
      assert.deepEqual(rig.door.calls.slice(0, 3), [`drain ${origin.url}`, `remove ${origin.url}`, `add ${origin.url}`])
      assert.deepEqual(order().slice(3), [
        'create web-4',
        `destroy ${old[0]!.dropletId}`,
        'create web-5',
        `destroy ${old[1]!.dropletId}`,
      ])
      const { pool, members: now, operations } = await rig.state()
      assert.match(pool.snapshotId!, /^image-spinup-web-/)
      assert.deepEqual([await members(), operations], [['web-1', 'web-4', 'web-5'], []])
      assert.ok(now.slice(1).every((member) => member.snapshotId === pool.snapshotId))
      assert.equal(most, 4, 'never past the maximum')
      assert.ok(fewest >= 2, `${fewest} serving at the least`)
      assert.equal((await rig.views('episode')).length, 0, 'no other card')
      assert.match((await rig.services.store.journal('web', 1))[0]!.outcome, /^2 new clones in /)
    })

    it('live never switches the origin off, and tells the risk', async () => {
      await ask('live')
      await rig.tick()
      assert.match((await rig.views('refresh'))[0]!.note!, /caught half-written/)
      const card = await toEnd()
      assert.equal(card.stage, 'done')
      assert.ok(!order().some((call) => call.startsWith('power')))
      assert.deepEqual(await members(), ['web-1', 'web-4', 'web-5'])
    })

    it('goes on after a crash at any point', async () => {
      await ask()
      for (let turns = 0; turns < 60 && (await refresh()).stage === 'working'; turns++) {
        // A new process: nothing is known but what Redis holds.
        rig.services = { ...rig.services, looks: new Map() }
        await turn()
      }
      assert.equal((await refresh()).stage, 'done')
      assert.deepEqual(await members(), ['web-1', 'web-4', 'web-5'])
    })

    it('stops when told: what is under way ends first, the rest stays as it is', async () => {
      await ask()
      await assert.rejects(ask(), /under way/)
      await turn()
      assert.equal((await refresh()).step, 'roll')
      const [answer] = await ask('stop')
      assert.ok(answer?.kind === 'answer' && /stops/.test(answer.title))
      const card = await toEnd()
      assert.equal(card.stage, 'stopped')
      assert.deepEqual(await members(), ['web-1', 'web-2', 'web-3', 'web-4'])
      assert.ok((await rig.state()).members.every((member) => member.phase === 'inService'))
      const [idle] = await ask('stop')
      assert.ok(idle?.kind === 'answer' && /not being refreshed/.test(idle.title))
    })

    it('stops while the origin is being copied: it comes back first, and what was copied is kept', async () => {
      const before = (await rig.state()).pool.snapshotId
      await ask()
      assert.equal((await refresh()).step, 'snapshot')
      await ask('stop')
      assert.deepEqual([(await refresh()).stage, (await refresh()).stopping], ['working', true])
      const card = await toEnd()
      assert.equal(card.stage, 'stopped')
      const state = await rig.state()
      assert.deepEqual(
        state.members.map((member) => [member.id, member.phase]),
        [
          ['web-1', 'inService'],
          ['web-2', 'inService'],
          ['web-3', 'inService'],
        ],
      )
      assert.notEqual(state.pool.snapshotId, before, 'clones are made of the new one from now on')
    })

    it('leaves protected clones as they are, and says so', async () => {
      await rig.ask({ kind: 'protect', member: 'web-2', forMs: null, reason: 'debugging' })
      await ask()
      const card = await toEnd()
      assert.equal(card.stage, 'done')
      assert.match(card.note!, /^Web-2: protected/)
      assert.deepEqual(await members(), ['web-1', 'web-2', 'web-4'])
    })

    it('has power restored when the snapshot fails, and changes nothing else', async () => {
      rig.yard.snapshot = async (id) => {
        rig.yard.calls.push(`snapshot ${id}`)
        throw new SpinupError('providerFailed', 'The disk is busy.', { retryable: false })
      }
      await ask()
      const card = await toEnd()
      assert.equal(card.stage, 'failed')
      assert.match(card.note!, /The disk is busy/)
      assert.deepEqual(order(), ['power d1 off', 'snapshot d1', 'power d1 on'])
      assert.equal((await rig.state()).pool.snapshotId, 'golden')
      assert.ok((await rig.state()).members.every((member) => member.phase === 'inService'))
      assert.equal(rig.door.backends.size, 3)
    })

    it('says what keeps the power away while it is asked for again', async () => {
      const power = rig.yard.power
      let refusing = true
      rig.yard.power = async (id, to) => {
        if (to === 'on' && refusing) throw new SpinupError('providerFailed', 'The token was revoked.')
        await power(id, to)
      }
      await ask()
      const working = rig.work()
      const stuck = async (): Promise<boolean> => {
        const [operation] = (await rig.state()).operations
        return operation?.step === 'start' && operation.attempt > 1
      }
      await until(stuck, { what: 'power to be asked for again' })
      await rig.tick()
      const detail = (await rig.views('refresh'))[0]!.steps[0]!.detail
      refusing = false
      await working
      assert.match(detail!, /^starting again, attempt \d+: The token was revoked\.$/)
      const state = await rig.state()
      assert.deepEqual([state.operations[0]?.state.kind, state.operations[0]?.trouble], ['done', null])
    })

    it('goes back to the old snapshot when no clone of the new one comes in', async () => {
      rig.yard.before = (request) => {
        if (request.snapshotId !== 'golden')
          throw new SpinupError('providerFailed', 'Broken image.', { retryable: false })
      }
      await ask()
      for (let turns = 0; turns < 60 && (await refresh()).stage === 'working'; turns++) {
        rig.pass(60_000)
        await turn()
      }
      const card = await toEnd()
      assert.equal(card.stage, 'failed')
      assert.match(card.note!, /^No clone can be made: Broken image;.*the old snapshot again/)
      assert.equal((await rig.state()).pool.snapshotId, 'golden')
      assert.equal((await rig.state()).upkeep.prune, true, 'what it leaves behind is not kept for ever')
      assert.deepEqual((await members()).slice(0, 3), ['web-1', 'web-2', 'web-3'])
    })

    it('keeps so many snapshots as told, and deletes older ones once it is done', async () => {
      const pruned: unknown[] = []
      rig.yard.pruneSnapshots = async (originId, keep, inUse) => {
        pruned.push([originId, keep, inUse])
        return 1
      }
      await rig.ask({ kind: 'refresh', choice: { kind: 'keep', count: 3 } })
      await ask()
      await turn()
      await reconcile(rig.services, 'web')
      assert.deepEqual(pruned, [], 'not while it goes on')
      await toEnd()
      await reconcile(rig.services, 'web')
      await reconcile(rig.services, 'web')
      assert.deepEqual(pruned, [['d1', 3, [(await rig.state()).pool.snapshotId]]])
    })
  })

  describe('of members that are all needed', () => {
    it('makes a clone carry the origin’s share meanwhile, and not two', async () => {
      await begin({ min: 1, max: 5, mode: 'observe' }, 1)
      await rig.run(90, 0.5, 3)
      await ask()
      const card = await toEnd(0.5)
      assert.equal(card.stage, 'done')
      assert.deepEqual(
        card.steps.slice(0, 2).map((step) => step.label),
        ['web-3 in, to carry the traffic meanwhile', 'Snapshot of web-1'],
      )
      assert.ok(fewest >= 2, `${fewest} serving at the least`)
    })

    it('does without where there is no room for one', async () => {
      await begin({ min: 1, max: 2, mode: 'observe' }, 1)
      await rig.run(90, 0.5, 3)
      await ask()
      for (let turns = 0; turns < 8; turns++) await turn(0.5)
      assert.equal((await refresh()).step, 'roll')
      assert.equal((await rig.views('refresh'))[0]!.steps[0]!.label, 'Snapshot of web-1')
    })
  })

  describe('at the maximum', () => {
    beforeEach(() => begin({ min: 1, max: 3 }, 2))

    it('takes one out first where the load allows, and never has more than the maximum', async () => {
      await ask()
      const card = await toEnd(0.2)
      assert.equal(card.stage, 'done')
      assert.equal(most, 3)
      const { pool, members: now } = await rig.state()
      assert.ok(now.slice(1).every((member) => member.snapshotId === pool.snapshotId))
      const first = card.steps.find((step) => step.label !== 'Snapshot of web-1')
      assert.match(first!.label, / out$/)
    })

    it('waits while none can be spared, says so, and goes on when there is room', async () => {
      await rig.run(90, 0.62, 3)
      await ask()
      for (let turns = 0; turns < 12; turns++) await turn(0.62)
      assert.equal((await refresh()).step, 'roll')
      assert.match(
        (await rig.views('refresh'))[0]!.note!,
        /^The maximum of 3 allows no new clone first, .* none can be spared/,
      )
      assert.deepEqual(await members(), ['web-1', 'web-2', 'web-3'])
      await rig.ask({ kind: 'policy', changes: { max: '4' } })
      const card = await toEnd(0.62)
      assert.equal(card.stage, 'done')
      assert.ok(most <= 4)
    })
  })

  describe('at the maximum, where the policy allows it one more', () => {
    it('makes the new clone first, names it, and never has more than that one above the maximum', async () => {
      await begin({ min: 1, max: 3, refreshExtra: 1 }, 2)
      await rig.run(90, 0.62)
      await ask()
      const card = await toEnd(0.62)
      assert.equal(card.stage, 'done')
      assert.equal(most, 4)
      const entries = card.steps.map(({ label }) => label).filter((label) => / in, /.test(label))
      assert.ok(entries.length >= 3 && entries.every((label) => label.endsWith(ABOVE)), entries.join('; '))
      assert.equal((await members()).length, 3)
      assert.ok(fewest >= 2, `${fewest} serving at the least`)
    })

    it('leaves that one place to the refresh alone, however much the load asks for', async () => {
      await begin({ min: 1, max: 3, refreshExtra: 1 }, 2)
      await rig.run(30, 0.95)
      await ask()
      await toEnd(0.95)
      assert.equal(most, 4)
      await rig.run(30, 0.95)
      await rig.work()
      assert.equal((await members()).length, 3, 'and without a refresh the maximum holds')
    })

    it('passes no limit on money with it', async () => {
      await begin({ min: 1, max: 3, refreshExtra: 1, maxDollarsPerHour: 0.018 }, 2)
      await rig.run(90, 0.62)
      await ask()
      for (let turns = 0; turns < 12; turns++) await turn(0.62)
      assert.equal(most, 3)
      assert.match((await rig.views('refresh'))[0]!.note!, /limit of \$0\.018 an hour allows no/)
    })

    it('comes back to the maximum when it is stopped half way', async () => {
      await begin({ min: 1, max: 3, refreshExtra: 1 }, 2)
      await rig.run(90, 0.62)
      await ask()
      for (let turns = 0; turns < 30 && (await members()).length < 4; turns++) await turn(0.62)
      await ask('stop')
      for (let turns = 0; turns < 30; turns++) await turn(0.62)
      assert.equal((await refresh()).stage, 'stopped')
      assert.equal((await members()).length, 3)
    })

    it('carries the traffic of an origin that is alone at a maximum of one', async () => {
      await begin({ min: 1, max: 1, refreshExtra: 1 }, 0)
      await ask()
      const card = await toEnd()
      assert.equal(card.stage, 'done')
      assert.equal(card.steps[0]!.label, `web-2 in, to carry the traffic meanwhile${ABOVE}`)
      assert.equal(most, 2)
      for (let turns = 0; turns < 6; turns++) await turn()
      assert.deepEqual(await members(), ['web-1'])
    })
  })

  describe('of an origin that is alone', () => {
    it('makes a clone carry the traffic meanwhile', async () => {
      await begin({ min: 1, max: 3 }, 0)
      await ask()
      const card = await toEnd()
      assert.equal(card.stage, 'done')
      assert.deepEqual(
        card.steps.slice(0, 2).map((step) => step.label),
        ['web-2 in, to carry the traffic meanwhile', 'Snapshot of web-1'],
      )
      assert.deepEqual(order().slice(0, 2), ['create web-2', 'power d1 off'])
      assert.ok(fewest >= 1, 'somebody serves all the while')
      const { pool, members: now } = await rig.state()
      assert.ok(now.every((member) => member.role === 'origin' || member.snapshotId === pool.snapshotId))
    })

    it('is refused where there is no room for that clone, unless it is live', async () => {
      await begin({ min: 1, max: 1 }, 0)
      await assert.rejects(ask(), /web-1 is the only member.*maximum of 1.*\/spinup refresh live/)
      await ask('live')
      assert.equal((await toEnd()).stage, 'done')
    })

    it('does not begin when that clone cannot be made', async () => {
      await begin({ min: 1, max: 3 }, 0)
      rig.yard.before = () => {
        throw new SpinupError('providerFailed', 'No quota.', { retryable: false })
      }
      await ask()
      const card = await toEnd()
      assert.equal(card.stage, 'failed')
      assert.match(card.note!, /No clone could be made to carry the traffic meanwhile \(No quota/)
      assert.ok(!order().some((call) => call.startsWith('power')))
    })
  })
})
