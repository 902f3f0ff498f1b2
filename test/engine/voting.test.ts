import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Place } from '../../src/core/model/platforms.ts'
import type { Actor } from '../../src/core/model/pool.ts'
import type { Approval } from '../../src/core/model/state.ts'
import type { AlertView, Card, View } from '../../src/core/model/view.ts'
import { changesNothing } from '../../src/commands/dispatch/access.ts'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import { perform } from '../../src/commands/dispatch/perform.ts'
import { COMMANDS } from '../../src/commands/registry.ts'
import { POLICY_FIELDS } from '../../src/core/policy/fields.ts'
import { HERE, startRig, type Rig } from './rig.ts'
import { running } from '../running.ts'

const grace: Actor = { id: 'slack:U0614TZR7', name: 'Grace', platform: 'slack' }
const linus: Actor = { id: 'discord:8131', name: 'Linus', platform: 'discord' }
const SLACK: Place = { platform: 'slack', channel: 'C1', tenant: null }
const DISCORD: Place = { platform: 'discord', channel: '2', tenant: null }
const asking = { mode: 'approve', scaleOutCooldownMs: 0, scaleInWindowMs: 86_400_000, windowMs: 4000, max: 9 } as const

/** Of a channel, a vote that has rules of its own, or what the pool has already. */
const OPEN: ReadonlySet<string> = new Set(['notify', 'snooze', 'use', 'approve', 'deny', 'mode'])
/** Where the example is what the pool has already. */
const OTHER_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  stat: { stat: 'memory' },
  mode: { mode: 'auto' },
}

describe('who may answer a proposal, and how many have to', () => {
  const rig = running(startRig)

  const begin = async (policy: Parameters<Rig['reset']>[0] = {}): Promise<Approval> => {
    await rig.reset({ ...asking, ...policy })
    await rig.run(10, 0.9)
    return (await rig.state()).approvals.find((one) => one.state === 'open')!
  }
  const now = async (id: string): Promise<Approval> => (await rig.state()).approvals.find((one) => one.id === id)!
  const yes = (id: string, actor: Actor, place = HERE, roles: readonly string[] = []): Promise<readonly View[]> =>
    rig.ask({ kind: 'approve', id }, actor, place, roles)
  const only = (views: readonly View[]): Extract<View, { kind: 'answer' }> => {
    const [view] = views
    assert.ok(views.length === 1 && view?.kind === 'answer', JSON.stringify(views))
    assert.equal(view.private, true, 'it is for the one who pressed')
    return view
  }

  it('takes as many yeses as the quorum, each person once', async () => {
    const { id } = await begin({ quorum: 2 })
    assert.match(only(await yes(id, grace, SLACK)).text, /^1 of 2 have said yes to: Scale out 1 → 2\.$/)
    assert.equal(only(await yes(id, grace, SLACK)).title, 'You have voted already')
    assert.equal((await now(id)).state, 'open')
    assert.equal((await rig.state()).operations.length, 0)
    const [card] = await rig.views('proposal')
    assert.deepEqual([card?.votes, card?.quorum], [[grace], 2])
    assert.deepEqual(await yes(id, linus, DISCORD), [])
    const state = await rig.state()
    assert.equal(state.operations.length, 1)
    assert.equal(state.episodes[0]?.actor.name, 'Linus')
    const [episode] = await rig.views('episode')
    assert.deepEqual(episode?.approval?.by, [grace, linus])
    assert.match(only(await yes(id, grace, SLACK)).text, /^Linus was first: Scale out 1 → 2, approved just now\.$/)
  })

  it('lets those alone do what may change size, cost, access or data who may answer, while the team is asked first', async () => {
    await begin({ approvers: ['slack:S0614TZR7'] })
    const before = await rig.state()
    for (const { example } of COMMANDS) {
      const parsed = parseLine(example, rig.now())
      assert.ok(parsed.kind === 'request', example)
      const { request } = parsed
      if (request.kind === 'help' || OPEN.has(request.kind) || changesNothing(request)) continue
      await assert.rejects(rig.ask(request, linus, DISCORD, ['discord:1']), /Only those who may answer/, example)
    }
    for (const { name, example } of POLICY_FIELDS) {
      const value = { [name]: example.replace(`${name}=`, '').replaceAll('"', '') }
      const policy = { kind: 'policy', changes: { ...value, ...OTHER_VALUES[name] } } as const
      await assert.rejects(rig.ask(policy, linus, DISCORD), /Only those who may answer proposals change/, name)
    }
    for (const line of ['connect install', 'refresh keep 1', 'budget 1', 'mode auto', 'connect another']) {
      const parsed = parseLine(line, rig.now())
      assert.ok(parsed.kind === 'request' && parsed.request.kind !== 'help', line)
      await assert.rejects(rig.ask(parsed.request, linus, DISCORD), /Only those who may answer/, line)
    }
    const after = await rig.state()
    assert.deepEqual(
      [after.pool, after.pin, after.pause, after.operations],
      [before.pool, null, null, before.operations],
    )
    await rig.ask({ kind: 'up', count: 1 }, grace, SLACK, ['slack:S0614TZR7'])
    assert.equal((await rig.state()).operations.length, 1)
    await rig.ask({ kind: 'policy', changes: { mode: 'auto' } }, grace, SLACK, ['slack:S0614TZR7'])
    await rig.ask({ kind: 'pin', count: 3, forMs: 60_000, reason: '' }, linus, DISCORD)
    assert.equal((await rig.state()).pin?.count, 3)
  })

  it('takes one no, with a reason or without, whatever the quorum', async () => {
    const { id } = await begin({ quorum: 3 })
    await yes(id, grace, SLACK)
    assert.deepEqual(await rig.ask({ kind: 'deny', id, reason: 'we deploy' }, linus, DISCORD), [])
    const [card] = await rig.views('proposal')
    assert.deepEqual([card?.state, card?.by?.name, card?.note], ['denied', 'Linus', 'we deploy'])
    rig.pass(5000)
    const late = only(await yes(id, grace, SLACK))
    assert.equal(late.title, 'Already denied')
    assert.match(late.text, /^Linus was first: Scale out 1 → 2, denied 5 s ago \(we deploy\)\.$/)
    const other = await begin({ quorum: 3 })
    assert.deepEqual(await rig.ask({ kind: 'deny', id: other.id, reason: '' }, linus, DISCORD), [])
    assert.deepEqual([(await now(other.id)).state, (await now(other.id)).note], ['denied', null])
  })

  it('has buttons that say what happens, none of them red', async () => {
    await begin({})
    const [{ actions } = { actions: [] }] = await rig.views('proposal')
    assert.deepEqual(
      actions.map(({ label, style }) => [label, style]),
      [
        ['Scale to 2', 'primary'],
        ['Keep 1', 'plain'],
        ['Why', 'plain'],
      ],
    )
  })

  it('counts the yes of nobody else, and says who may', async () => {
    const { id } = await begin({ approvers: ['slack:S0614', 'discord:99', 'console'] })
    for (const answer of [
      await yes(id, grace, SLACK, ['slack:S9']),
      await yes(id, linus, DISCORD),
      await yes(id, { id: 'console:console', name: 'console', platform: 'console' }),
      await rig.ask({ kind: 'deny', id, reason: 'no' }, linus, DISCORD),
    ]) {
      assert.equal(only(answer).title, 'You may not answer this one')
      assert.match(only(answer).text, /slack:S0614, discord:99 or anyone with the console’s password/)
    }
    const groupsUnknown = 'Slack answered 503.'
    const unsure = { actor: grace, place: SLACK, roles: [], groupsUnknown }
    const doubted = only(await perform(rig.services, { kind: 'approve', id }, unsure, { pool: null, action: '' }))
    assert.match(doubted.text, /are not known right now \(Slack answered 503\): try again in a minute/)
    assert.deepEqual((await now(id)).votes, [])
    const [card] = await rig.views('proposal')
    assert.equal(card?.approvers.length, 3)
    assert.deepEqual(await yes(id, grace, SLACK, ['slack:S0614']), [])
    assert.equal((await now(id)).state, 'approved')
  })

  it('knows people by their own id and groups, and the console by its password, which is one voice', async () => {
    const { id } = await begin({ approvers: ['slack:U0614TZR7', 'console'], quorum: 2 })
    const ada: Actor = { id: 'console:ada', name: 'Ada', platform: 'console' }
    const bob: Actor = { id: 'console:bob', name: 'Bob', platform: 'console' }
    assert.equal(only(await yes(id, ada, HERE, ['console'])).title, 'Your yes counts')
    assert.equal(only(await yes(id, bob, HERE, ['console'])).title, 'The console has one vote')
    assert.deepEqual(await yes(id, grace, SLACK), [])
    assert.equal((await now(id)).state, 'approved')
  })

  it('asks anew when the rules change, and old yeses do not count', async () => {
    const { id } = await begin({ quorum: 2 })
    await yes(id, grace, SLACK)
    await rig.ask({ kind: 'policy', changes: { quorum: '1' } })
    assert.match(only(await yes(id, linus, DISCORD)).text, /who may answer was changed/)
    await rig.run(1, 0.9)
    const next = (await rig.state()).approvals.find((one) => one.state === 'open')!
    assert.deepEqual([next.quorum, next.votes], [1, []])
    assert.equal((await rig.state()).operations.length, 0)
  })

  it('lets only those who may answer change who may, except with the console’s password', async () => {
    await begin({ approvers: ['slack:U0614TZR7'] })
    const change = (actor: Actor, roles: readonly string[] = []): Promise<unknown> =>
      rig.ask({ kind: 'policy', changes: { approvers: 'everyone' } }, actor, HERE, roles)
    await assert.rejects(change(linus), /Only those who may answer proposals change approvers: slack:U0614TZR7/)
    await assert.rejects(rig.ask({ kind: 'mode', mode: 'auto' }, linus), /change mode/)
    await assert.rejects(rig.ask({ kind: 'policy', changes: { target: '70%' } }, linus), /change target/)
    await change(grace)
    assert.deepEqual((await rig.state()).pool.policy.approvers, [])
    await rig.ask({ kind: 'policy', changes: { approvers: 'discord:1' } }, linus)
    await change(linus, ['console'])
    assert.deepEqual((await rig.state()).pool.policy.approvers, [])
  })

  it('takes no quorum that those who may answer could never make', async () => {
    await begin()
    const set = (approvers: string, quorum: string): Promise<unknown> =>
      rig.ask({ kind: 'policy', changes: { approvers, quorum } }, grace, HERE, ['console'])
    await assert.rejects(set('console', '2'), /quorum 2 is more than the 1 vote of console; nothing was changed/)
    await assert.rejects(set('slack:U061,slack:U062', '3'), /the 2 votes of/)
    await set('slack:S0614TZR7', '3')
    await set('everyone', '10')
    assert.equal((await rig.state()).pool.policy.quorum, 10)
  })

  it('reminds once, at half of the time, and takes the reminder back with the answer', async () => {
    const { id } = await begin({ approvalMs: 60_000 })
    const reminders = async (): Promise<readonly AlertView[]> => rig.views('alert')
    await rig.run(19, 0.9)
    assert.deepEqual(await reminders(), [])
    await rig.run(10, 0.9)
    const [told] = await reminders()
    assert.match(told!.title, /Scale out 1 → 2 still waits for an answer/)
    assert.match(told!.text, /within 30 s of this reminder, I go ahead/)
    assert.ok(told!.actions.some(({ action }) => action === `approve:${id} @web`))
    const cards = async (): Promise<readonly Card[]> =>
      [...(await rig.cards()).values()].filter((card) => card.id.startsWith('reminder:'))
    const before = await cards()
    await rig.run(10, 0.9)
    assert.equal(before.length, 1)
    assert.deepEqual(await cards(), before, 'once')
    await rig.ask({ kind: 'deny', id, reason: 'we deploy' }, grace, SLACK)
    const [done] = await reminders()
    assert.deepEqual([done?.state, done?.actions, done?.text], ['resolved', [], 'Grace denied it: we deploy.'])
  })

  it('answers a click after the deadline by the policy’s default, before any tick', async () => {
    const { id } = await begin({ approvalMs: 30_000, onExpiryOut: 'hold' })
    rig.pass(31_000)
    const late = only(await yes(id, grace, SLACK))
    assert.equal(late.title, 'Already expired')
    assert.match(late.text, /nobody answered in time; held/)
    assert.equal((await rig.state()).operations.length, 0)
    assert.equal((await rig.views('proposal'))[0]?.state, 'expired')
  })

  it('says that too few said yes', async () => {
    const { id } = await begin({ approvalMs: 30_000, onExpiryOut: 'hold', quorum: 2 })
    await yes(id, grace, SLACK)
    await rig.run(31, 0.9)
    assert.equal((await now(id)).note, 'only 1 of 2 said yes in time; held')
  })

  it('is overtaken, with its votes, by what happened since: nothing is done on old grounds', async () => {
    for (const [meanwhile, why] of [
      [() => rig.ask({ kind: 'pin', count: 1, forMs: 60_000, reason: '' }), /Ada pinned the pool at 1/],
      [() => rig.ask({ kind: 'pause', forMs: null, reason: '' }), /Ada paused the pool/],
      [() => rig.ask({ kind: 'scale', count: 2 }), /the pool is at 2 already/],
      [
        () => rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.006' } }),
        /the limit of \$0\.006 an hour allows no more/,
      ],
    ] as const) {
      const { id } = await begin({ quorum: 2 })
      await yes(id, grace, SLACK)
      await meanwhile()
      const before = (await rig.state()).operations.length
      assert.match(only(await yes(id, linus, DISCORD)).text, why)
      assert.equal((await now(id)).state, 'superseded')
      assert.equal((await rig.state()).operations.length, before)
    }
  })

  it('keeps a member that is needed after all', async () => {
    await rig.reset({ ...asking, scaleInWindowMs: 20_000, scaleInCooldownMs: 5000, onExpiryIn: 'act' })
    await rig.grow(1)
    let open: Approval | undefined
    for (let spell = 0; spell < 200 && open === undefined; spell++) {
      rig.pass(9000)
      await rig.run(1, 0.05)
      open = (await rig.state()).approvals.find((one) => one.state === 'open')
    }
    assert.equal(open?.decision.kind, 'scaleIn')
    await rig.run(2, 0.55)
    const answer = only(await yes(open!.id, grace, SLACK))
    assert.equal(answer.title, 'Already superseded')
    assert.equal((await rig.state()).operations.length, 0)
  })

  it('tells somebody who types approve too late, too', async () => {
    const { id } = await begin()
    await yes(id, grace, SLACK)
    assert.match(only(await rig.ask({ kind: 'approve', id: null }, linus, DISCORD)).text, /^Grace was first/)
  })

  it('shows the outcome on the card though the bot died between keeping and telling it, however long it was away', async () => {
    for (const away of [0, 3 * 3600_000]) {
      const { id, episodeId } = await begin({ quorum: 1 })
      await rig.cards()
      // Killed after the commit: nothing of it is put into the outbox.
      const { notices } = rig.services
      rig.services = { ...rig.services, notices: { ...notices, tell: () => Promise.reject(new Error('killed')) } }
      // It is done, whatever could not be shown of it.
      await rig.ask({ kind: 'deny', id, reason: 'we deploy' }, grace, SLACK)
      rig.services = { ...rig.services, notices, looks: new Map() }
      assert.equal((await rig.views('proposal'))[0]?.state, 'open', 'a stale copy')
      rig.pass(away)
      await rig.tick()
      const view = (await rig.cards()).get(`episode:${episodeId}`)?.view
      assert.ok(view?.kind === 'proposal' && view.state === 'denied' && view.actions.length === 0)
    }
  })

  it('does what was approved though the bot died before it told or began it', async () => {
    const { id, episodeId } = await begin()
    await rig.cards()
    const { notices, queue } = rig.services
    rig.services = { ...rig.services, queue: { add: () => Promise.reject(new Error('killed')) } }
    await rig.ask({ kind: 'approve', id }, grace, SLACK)
    rig.services = { ...rig.services, notices, queue, looks: new Map() }
    await rig.run(1, 0.9)
    assert.equal(rig.queued.size, 1)
    const view = (await rig.cards()).get(`episode:${episodeId}`)?.view
    assert.ok(view?.kind === 'episode' && view.approval?.state === 'approved')
    assert.equal((await rig.state()).operations.length, 1)
  })

  it('takes the first of a hundred at once, and tells every other', async () => {
    const { id } = await begin()
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        yes(id, { id: `slack:U${index}`, name: `Person ${index}`, platform: 'slack' }, SLACK),
      ),
    )
    assert.equal(answers.filter((views) => views.length === 0).length, 1)
    const winner = (await now(id)).by!.name
    for (const views of answers.filter((one) => one.length > 0)) {
      assert.match(only(views).text, new RegExp(`^${winner} was first: Scale out 1 → 2, approved `))
    }
    assert.equal((await rig.state()).operations.length, 1)
  })
})
