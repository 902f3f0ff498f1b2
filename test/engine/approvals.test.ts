import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { Actor } from '../../src/core/model/pool.ts'
import type { Approval } from '../../src/core/model/state.ts'
import { WITHDRAW_AFTER_MS } from '../../src/core/pool/approvals.ts'
import { exampleApproval } from '../store/example-state.ts'
import { startRig, type Rig } from './rig.ts'
import { running } from '../running.ts'

const grace: Actor = { id: 'console:grace', name: 'Grace', platform: 'console' }
const MINUTE = 60_000
/** Scale in is out of the way, and so is the pause between scale outs. */
const asking = { mode: 'approve', scaleOutCooldownMs: 0, scaleInWindowMs: 86_400_000, windowMs: 4000, max: 9 } as const

describe('approvals', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset(asking))

  const approvals = async (): Promise<readonly Approval[]> => (await rig.state()).approvals
  const open = async (): Promise<Approval> => {
    const found = (await approvals()).filter((one) => one.state === 'open')
    assert.equal(found.length, 1, 'one proposal is open')
    return found[0]!
  }
  const byId = async (id: string): Promise<Approval> => (await approvals()).find((one) => one.id === id)!
  /** A busy pool with an open proposal for two members. */
  const proposed = async (): Promise<Approval> => {
    await rig.run(10, 0.9)
    return open()
  }
  const size = async (): Promise<number> => (await rig.state()).members.length

  it('are asked for once, and nothing is done meanwhile', async () => {
    const first = await proposed()
    assert.deepEqual([first.decision.from, first.decision.to], [1, 2])
    await rig.run(60, 0.9, 3)
    assert.equal((await open()).id, first.id)
    assert.equal((await approvals()).length, 1)
    assert.equal(await size(), 1)
    assert.equal(rig.queued.size, 0)
    const cards = await rig.views('proposal')
    assert.equal(cards.length, 1)
    assert.deepEqual(
      cards[0]!.actions.map((action) => action.action),
      [`approve:${first.id} @web`, `ask:deny:${first.id} @web`, `run:/spinup why ${first.decision.id} @web`],
    )
  })

  it('keep one line in the record while the same is asked for', async () => {
    await proposed()
    await rig.run(30, 0.9)
    const decisions = await rig.services.store.decisions('web', 1000)
    assert.equal(decisions.filter((decision) => decision.kind === 'scaleOut').length, 1)
  })

  it('act once approved, by the one who approved', async () => {
    const approval = await proposed()
    assert.deepEqual(await rig.ask({ kind: 'approve', id: approval.id }, grace), [])
    const state = await rig.state()
    assert.deepEqual(
      state.operations.map((operation) => [operation.kind, operation.memberId]),
      [['scaleOut', 'web-2']],
    )
    assert.equal(state.episodes[0]?.actor.name, 'Grace')
    assert.deepEqual([...rig.queued], [state.operations[0]?.id])
    assert.deepEqual(await rig.views('proposal'), [], 'the card that asked tells of the episode now')
    const [card] = await rig.views('episode')
    assert.deepEqual(card?.approval, { state: 'approved', by: [grace], note: null })
    await rig.run(5, 0.9)
    assert.equal((await rig.state()).operations.length, 1, 'the next ticks add nothing to it')
  })

  it('tell the second who was first, and change nothing for them', async () => {
    const approval = await proposed()
    const answers = await Promise.all([
      rig.ask({ kind: 'approve', id: approval.id }, grace),
      rig.ask({ kind: 'deny', id: approval.id, reason: 'no' }),
      rig.ask({ kind: 'approve', id: approval.id }),
    ])
    const decided = await byId(approval.id)
    const late = answers.flat()
    assert.equal(late.length, 2)
    for (const view of late) {
      assert.ok(view.kind === 'answer')
      assert.equal(view.title, `Already ${decided.state}`)
      assert.match(view.text, new RegExp(`^${decided.by!.name} was first`))
    }
    assert.equal((await rig.state()).operations.length, decided.state === 'approved' ? 1 : 0)
  })

  it('may be answered without naming them, when one is open', async () => {
    const [nothing] = await rig.ask({ kind: 'approve', id: null })
    assert.ok(nothing?.kind === 'answer' && nothing.title === 'Nothing waits for an answer')
    const approval = await proposed()
    await rig.ask({ kind: 'deny', id: null, reason: 'a test is running' })
    const denied = await byId(approval.id)
    assert.deepEqual([denied.state, denied.note], ['denied', 'a test is running'])
  })

  it('are not asked for again soon after a denial, and then are', async () => {
    const approval = await proposed()
    await rig.ask({ kind: 'deny', id: approval.id, reason: 'no need' })
    await rig.run(60, 0.9, 3)
    assert.deepEqual(
      (await approvals()).map((one) => one.state),
      ['denied'],
    )
    rig.pass(9 * MINUTE)
    await rig.run(15, 0.9)
    assert.equal((await open()).decision.to, 2)
  })

  it('grow with the need: a larger proposal replaces the smaller one', async () => {
    await rig.grow(1)
    await rig.run(10, 0.72)
    const first = await open()
    assert.equal(first.decision.to, 3)
    await rig.run(10, 0.98)
    const larger = await open()
    assert.ok(larger.decision.to > 3, String(larger.decision.to))
    const replaced = await byId(first.id)
    assert.equal(replaced.state, 'superseded')
    assert.match(replaced.note!, /replaced by a proposal for 6/)
    const [answer] = await rig.ask({ kind: 'approve', id: first.id })
    assert.ok(answer?.kind === 'answer' && answer.title === 'Already superseded')
    assert.equal((await rig.state()).operations.length, 0, 'a click on the old card does nothing')
  })

  it('outlast a lull, and are withdrawn when they are no longer needed', async () => {
    const approval = await proposed()
    await rig.run(WITHDRAW_AFTER_MS / 1000 - 1, 0.2)
    assert.equal((await byId(approval.id)).state, 'open')
    await rig.run(20, 0.2)
    const gone = await byId(approval.id)
    assert.equal(gone.state, 'superseded')
    assert.match(gone.note!, /^no longer needed: /)
    const [card] = await rig.views('proposal')
    assert.deepEqual([card?.state, card?.actions.length], ['superseded', 0])
  })

  it('outlast every lull that is short, however long they have been open', async () => {
    await rig.grow(1)
    for (let spell = 0; spell < 3; spell++) {
      await rig.run(25, 0.8)
      await rig.run(3, 0.4)
    }
    assert.deepEqual(
      (await approvals()).map(({ state, decision }) => [state, decision.to]),
      [['open', 3]],
    )
    assert.equal((await rig.views('proposal')).length, 1)
  })

  it('give way to a smaller one only when it was enough for a while', async () => {
    await rig.grow(1)
    await rig.run(10, 0.98)
    const large = await open()
    await rig.run(8, 0.72)
    assert.equal((await open()).id, large.id)
    await rig.run(WITHDRAW_AFTER_MS / 1000 + 10, 0.72, 2)
    const small = await open()
    assert.deepEqual([large.decision.to, small.decision.to, small.deadlineAt], [6, 3, large.deadlineAt])
  })

  it('are answered by the policy’s default in time though the load moves on and on, after one reminder', async () => {
    await rig.reset({ ...asking, approvalMs: 120_000, onExpiryOut: 'act' })
    await rig.grow(1)
    let seconds = 0
    for (; (await rig.state()).operations.length === 0 && seconds < 200; seconds += 20) {
      await rig.run(20, seconds % 40 === 0 ? 0.72 : 0.98, 2)
    }
    const all = await approvals()
    assert.ok(all.filter(({ state }) => state === 'superseded').length > 1, 'it was asked for another size in between')
    assert.ok(
      all.some(({ state }) => state === 'expired'),
      `nothing came of it in ${seconds} s`,
    )
    const reminders = [...(await rig.cards()).keys()].filter((id) => id.startsWith('reminder:'))
    assert.equal(reminders.length, 1)
  })

  it('are kept in bounded number', async () => {
    const { decision } = await proposed()
    const put = Array.from({ length: 150 }, (_, index): Approval => ({
      ...exampleApproval(`old-${index}`, { decision, state: 'superseded' }),
      openedAt: rig.now() - 1000 - index,
      decidedAt: rig.now() - 1000 - index,
    }))
    await rig.change({ approvals: { put } })
    await rig.tick()
    const left = await approvals()
    assert.equal(left.length, 101)
    assert.ok(left.some(({ id }) => id === 'old-0') && !left.some(({ id }) => id === 'old-149'))
    assert.ok(left.some(({ state }) => state === 'open'))
  })

  describe('that nobody answers', () => {
    const expired = async (policy: Parameters<Rig['reset']>[0]): Promise<Approval> => {
      await rig.reset({ ...asking, approvalMs: 30_000, ...policy })
      const approval = await proposed()
      await rig.run(32, 0.9)
      const after = await byId(approval.id)
      assert.equal(after.state, 'expired')
      return after
    }

    it('act when the policy says so, once, and ask nothing on top', async () => {
      const approval = await expired({ onExpiryOut: 'act' })
      const state = await rig.state()
      assert.match(approval.note!, /went ahead, as the policy says/)
      assert.deepEqual(
        state.operations.map((operation) => operation.memberId),
        ['web-2'],
      )
      assert.deepEqual(
        state.approvals.map((one) => one.state),
        ['expired'],
      )
      const [line] = await rig.services.store.journal('web', 1)
      assert.match(line!.outcome, /nobody answered in time/)
    })

    it('hold when the policy says so', async () => {
      const approval = await expired({ onExpiryOut: 'hold' })
      assert.match(approval.note!, /held$/)
      assert.equal(await size(), 1)
    })

    it('that held are not asked for again soon, and then are', async () => {
      const approval = await expired({ onExpiryOut: 'hold' })
      await rig.run(10, 0.9)
      assert.deepEqual(
        (await approvals()).filter((one) => one.state === 'open'),
        [],
      )
      await rig.run(25, 0.9)
      assert.notEqual((await open()).id, approval.id)
    })

    it('are not carried out beside what a person has decided meanwhile', async () => {
      await rig.reset({ ...asking, approvalMs: 30_000, onExpiryOut: 'act' })
      const approval = await proposed()
      rig.pass(60_000)
      await rig.report(0.9, 60)
      // The deadline and the pin meet in one tick.
      await rig.ask({ kind: 'pin', count: 2, forMs: MINUTE, reason: '' })
      await rig.tick()
      assert.equal((await rig.state()).operations.length, 1, 'the pin adds one, the proposal none')
      assert.equal((await byId(approval.id)).state, 'superseded')
    })

    it('do nothing while the pool is paused', async () => {
      await rig.reset({ ...asking, approvalMs: 10_000, onExpiryOut: 'act' })
      const approval = await proposed()
      await rig.ask({ kind: 'pause', forMs: null, reason: '' })
      await rig.run(15, 0.9)
      assert.equal((await byId(approval.id)).state, 'superseded')
      assert.equal(await size(), 1)
    })
  })

  it('are withdrawn when the mode changes, and then the pool acts by itself', async () => {
    const approval = await proposed()
    await rig.ask({ kind: 'mode', mode: 'auto' })
    await rig.run(1, 0.9)
    assert.equal((await byId(approval.id)).state, 'superseded')
    assert.equal((await rig.state()).operations.length, 1)
  })

  it('do nothing when the pool has grown past them meanwhile, and say so', async () => {
    const approval = await proposed()
    await rig.ask({ kind: 'scale', count: 3 })
    const [answer] = await rig.ask({ kind: 'approve', id: approval.id })
    assert.ok(answer?.kind === 'answer' && answer.title === 'Already superseded')
    assert.match(answer.text, /the pool is at 3 already/)
    assert.equal((await byId(approval.id)).state, 'superseded')
    assert.equal((await rig.state()).operations.length, 2)
  })

  it('never pass the limits of today’s policy', async () => {
    await rig.grow(1)
    await rig.run(10, 0.98)
    const approval = await open()
    assert.ok(approval.decision.to > 3)
    await rig.ask({ kind: 'policy', changes: { max: '3' } })
    await rig.ask({ kind: 'approve', id: approval.id })
    assert.equal(await size(), 3)
  })

  it('take out no more than was asked for while the calendar allows more than the policy', async () => {
    const calendar = [{ cron: '* * * * *', forMs: 120_000, timeZone: 'UTC', min: null, max: 10 }]
    await rig.reset({ mode: 'approve', max: 3, calendar, scaleInWindowMs: 10_000, scaleInCooldownMs: 0, maxStepIn: 1 })
    await rig.grow(6)
    for (let minute = 0; minute < 60 && (await approvals()).length === 0; minute++) await rig.run(60, 0.45, 5)
    const approval = await open()
    assert.deepEqual([approval.decision.from, approval.decision.to], [7, 6])
    await rig.ask({ kind: 'approve', id: approval.id })
    assert.equal((await rig.state()).operations.length, 1)
  })

  it('are not needed for a minimum or a pin: people have decided those', async () => {
    await rig.ask({ kind: 'policy', changes: { min: '2' } })
    await rig.run(2, 0.3)
    assert.equal(await size(), 2)
    await rig.ask({ kind: 'pin', count: 4, forMs: MINUTE, reason: '' })
    await rig.run(2, 0.3)
    assert.equal(await size(), 4)
    assert.deepEqual(await approvals(), [])
  })

  it('are not needed for a calendar window either', async () => {
    await rig.ask({ kind: 'policy', changes: { max: '5', calendar: '* * * * * for 10m min=3 UTC' } })
    await rig.run(2, 0.3)
    assert.equal(await size(), 3)
    assert.deepEqual(await approvals(), [])
  })

  it('are forgotten after a day, and a click then says so', async () => {
    const approval = await proposed()
    await rig.ask({ kind: 'deny', id: approval.id, reason: 'no need' })
    rig.pass(24 * 60 * MINUTE + 1)
    await rig.tick()
    assert.deepEqual(await approvals(), [])
    await assert.rejects(rig.ask({ kind: 'approve', id: approval.id }), /no longer known; nothing was changed/)
  })
})
