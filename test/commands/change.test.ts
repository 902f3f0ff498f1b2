import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { SpinupError, type ErrorCode } from '../../src/core/model/error.ts'
import type { AnswerView, View } from '../../src/core/model/view.ts'
import type { Performable } from '../../src/commands/dispatch/perform.ts'
import { keys } from '../../src/store/keys.ts'
import { dump } from '../store/dump.ts'
import { exampleMember } from '../store/example-state.ts'
import { startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const HOUR = 3_600_000

describe('commands that change the pool', () => {
  const rig = running(startRig)
  beforeEach(async () => {
    await rig.reset({ max: 4 })
    await rig.grow(1)
  })

  const one = (views: readonly View[]): AnswerView => {
    assert.equal(views.length, 1)
    const [view] = views
    assert.ok(view?.kind === 'answer', view?.kind)
    return view
  }
  const journal = async (): Promise<string> => (await rig.services.store.journal('web', 1))[0]?.what ?? ''
  /** All of Redis but the audit, which keeps what was refused as well. */
  const kept = async (): Promise<unknown> => {
    const all = Object.entries(await dump(rig.redis))
    return Object.fromEntries(all.filter(([key]) => !key.startsWith('spinup:{audit}')))
  }
  /** Refused with this code and words, and not one key of Redis is different for it. */
  const refused = async (request: Performable, code: ErrorCode, says: RegExp): Promise<void> => {
    const before = await kept()
    await assert.rejects(rig.ask(request), (error: unknown) => {
      assert.ok(error instanceof SpinupError, String(error))
      assert.equal(error.code, code)
      assert.match(error.message, says)
      return true
    })
    assert.deepEqual(await kept(), before)
    assert.equal(await rig.redis.exists(keys.lock('web')), 0, 'the lock is given back')
  }
  /** Answered, and nothing is different for it. */
  const idle = async (request: Performable, title: RegExp): Promise<void> => {
    const before = await kept()
    assert.match(one(await rig.ask(request)).title, title)
    assert.deepEqual(await kept(), before)
  }
  const arriving = async (): Promise<readonly string[]> =>
    (await rig.state()).operations.map((operation) => `${operation.kind} ${operation.memberId}`)

  it('up, down and scale act at once, as the person’s own decision', async () => {
    assert.deepEqual(await rig.ask({ kind: 'up', count: 2 }), [])
    assert.deepEqual(await arriving(), ['scaleOut web-3', 'scaleOut web-4'])
    const { decision, episodes } = await rig.state()
    assert.deepEqual(
      [decision?.rule, decision?.reason, decision?.from, decision?.to],
      ['manual', 'Requested by Ada.', 2, 4],
    )
    assert.equal(episodes[0]?.actor.name, 'Ada')
    assert.equal((await rig.services.store.decisions('web', 1))[0]?.id, decision?.id)

    await rig.reset()
    await rig.grow(3)
    await rig.ask({ kind: 'down', count: 1 })
    assert.deepEqual(await arriving(), ['scaleIn web-4'])
    await rig.ask({ kind: 'scale', count: 1 })
    assert.deepEqual((await arriving()).toSorted(), ['scaleIn web-2', 'scaleIn web-3', 'scaleIn web-4'])
  })

  it('up, down and scale are refused past the limits, under a pin, and when nobody can leave', async () => {
    await refused({ kind: 'up', count: 3 }, 'limited', /5 members is past the maximum of 4; nothing was changed.*max=5/)
    await refused({ kind: 'down', count: 2 }, 'limited', /0 members is below the minimum of 1; nothing was changed/)
    await refused({ kind: 'scale', count: 9 }, 'limited', /past the maximum/)
    await idle({ kind: 'scale', count: 2 }, /at 2 already/)
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: null, reason: '' })
    await refused({ kind: 'down', count: 1 }, 'conflict', /No member can leave/)
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: 'off', reason: '' })
    await rig.change({ members: { put: [exampleMember('web-3', { phase: 'booting' })] } })
    await rig.ask({ kind: 'pin', count: 3, forMs: HOUR, reason: '' })
    for (const kind of ['up', 'down', 'scale'] as const) {
      await refused({ kind, count: 1 }, 'conflict', /pinned at 3 by Ada; nothing was changed/)
    }
  })

  it('down takes as many as can leave', async () => {
    await rig.grow(2)
    await rig.ask({ kind: 'protect', member: 'web-3', forMs: HOUR, reason: '' })
    await rig.ask({ kind: 'scale', count: 1 })
    assert.deepEqual(await arriving(), ['scaleIn web-4', 'scaleIn web-2'].toSorted().toReversed())
    assert.equal((await rig.state()).episodes[0]?.to, 2)
  })

  it('pin holds a count within the limits, and unpin lifts it', async () => {
    await idle({ kind: 'unpin' }, /is not pinned/)
    await refused(
      { kind: 'pin', count: 5, forMs: HOUR, reason: '' },
      'limited',
      /between the minimum of 1 and the maximum of 4/,
    )
    await refused({ kind: 'pin', count: 0, forMs: HOUR, reason: '' }, 'limited', /minimum/)
    const pinned = one(await rig.ask({ kind: 'pin', count: 3, forMs: HOUR, reason: 'launch' }))
    assert.equal(pinned.title, 'web is pinned at 3 members for 1 h')
    assert.match(pinned.text, /^Adding 1 now/)
    assert.deepEqual(
      pinned.fields.map(({ name, value }) => [name, value]),
      [
        ['By', 'Ada'],
        ['Reason', 'launch'],
        ['Until', '15:13 UTC'],
        ['Cost', '$0.012 → $0.018 an hour'],
        ['For 1 h', '$0.018; as now it would be $0.012'],
        ['Limits', '1 to 4 members, no limit on money'],
      ],
    )
    const { pin } = await rig.state()
    assert.deepEqual([pin?.count, pin?.expiresAt, pin?.owner.name], [3, rig.now() + HOUR, 'Ada'])
    assert.equal(await journal(), 'Pinned web at 3 for 1 h')
    await rig.ask({ kind: 'unpin' })
    assert.equal((await rig.state()).pin, null)
    assert.equal(await journal(), 'Unpinned web')
  })

  it('a pin whose time is over is no pin, even before the next tick lifts it', async () => {
    await rig.ask({ kind: 'pin', count: 2, forMs: 1000, reason: '' })
    rig.pass(1000)
    await rig.ask({ kind: 'up', count: 1 })
    assert.deepEqual(await arriving(), ['scaleOut web-3'])
  })

  it('protect and unprotect spare a clone that exists', async () => {
    await refused({ kind: 'protect', member: 'web-9', forMs: null, reason: '' }, 'notFound', /there are web-1, web-2/)
    await refused({ kind: 'protect', member: 'wbe-2', forMs: null, reason: '' }, 'notFound', /Did you mean web-2\?/)
    await refused({ kind: 'protect', member: 'nobody', forMs: 'off', reason: '' }, 'notFound', /Nothing was changed/)
    await idle({ kind: 'protect', member: 'web-1', forMs: null, reason: '' }, /is the origin/)
    await idle({ kind: 'protect', member: 'web-2', forMs: 'off', reason: '' }, /is not protected/)
    const answer = one(await rig.ask({ kind: 'protect', member: 'web-2', forMs: HOUR, reason: 'profiling' }))
    assert.equal(answer.title, 'web-2 is protected for 1 h')
    assert.equal((await rig.state()).protections['web-2']?.reason, 'profiling')
    await rig.ask({ kind: 'protect', member: 'web-2', forMs: 'off', reason: '' })
    assert.deepEqual((await rig.state()).protections, {})
    assert.equal(await journal(), 'Lifted the protection of web-2')
  })

  it('pause stops deciding and not people; resume goes on', async () => {
    await idle({ kind: 'resume' }, /is not paused/)
    assert.equal(
      one(await rig.ask({ kind: 'pause', forMs: null, reason: '' })).title,
      'web is paused until someone resumes',
    )
    await rig.run(20, 0.95)
    assert.deepEqual(await arriving(), [])
    assert.equal((await rig.state()).decision?.rule, 'pause')
    await rig.ask({ kind: 'up', count: 1 })
    assert.deepEqual(await arriving(), ['scaleOut web-3'])
    await rig.ask({ kind: 'resume' })
    assert.equal((await rig.state()).pause, null)
  })

  it('mode shows and sets', async () => {
    await idle({ kind: 'mode', mode: null }, /web is in mode auto/)
    await idle({ kind: 'mode', mode: 'auto' }, /already/)
    assert.equal(one(await rig.ask({ kind: 'mode', mode: 'approve' })).title, 'web is in mode approve')
    assert.equal((await rig.state()).pool.policy.mode, 'approve')
    assert.equal(await journal(), 'Policy: mode: auto → approve')
  })

  it('policy shows, sets all or none, and records what changed', async () => {
    const before = await kept()
    const [shown] = await rig.ask({ kind: 'policy', changes: {} })
    assert.ok(shown?.kind === 'policy' && shown.changed.length === 0)
    assert.deepEqual(await kept(), before)
    await refused({ kind: 'policy', changes: { target: '50%', max: '0' } }, 'badInput', /max=0/)
    await refused({ kind: 'policy', changes: { min: '9' } }, 'badInput', /above max/)
    const [set] = await rig.ask({ kind: 'policy', changes: { target: '50%', min: '2' } })
    assert.ok(set?.kind === 'policy')
    assert.deepEqual(set.changed, ['target: 60 % → 50 %', 'min: 1 → 2'])
    assert.deepEqual((await rig.state()).pool.policy.target, 0.5)
    assert.equal(await journal(), 'Policy: target: 60 % → 50 %, min: 1 → 2')
    await idle({ kind: 'approve', id: null }, /Nothing waits/)
    await idle({ kind: 'deny', id: null, reason: '' }, /Nothing waits/)
    await refused({ kind: 'approve', id: 'nonsense' }, 'notFound', /no longer known/)
  })

  it('are refused before the pool is connected', async () => {
    const { pool } = await rig.state()
    await rig.change({ pool: { ...pool, phase: 'connecting' } })
    for (const request of [
      { kind: 'up', count: 1 },
      { kind: 'pause', forMs: null, reason: '' },
    ] as const) {
      await refused(request, 'conflict', /not connected yet/)
    }
    await rig.redis.flushall()
    await refused({ kind: 'cost' }, 'notFound', /No droplet is connected yet/)
    const [first] = await rig.ask({ kind: 'status' })
    assert.ok(first?.kind === 'answer' && first.title === 'No droplet is connected yet')
    assert.deepEqual(
      first.actions.map(({ action }) => action),
      ['run:/spinup connect'],
    )
  })
})
