import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { parseLine } from '../../src/commands/dispatch/line.ts'
import type { Actor } from '../../src/core/model/pool.ts'
import type { HistoryView } from '../../src/core/model/view.ts'
import { createAudit } from '../../src/engine/audit/audit.ts'
import { askedOf } from '../../src/commands/dispatch/perform.ts'
import { withoutSecrets } from '../../src/core/audit/acts.ts'
import { withPool } from '../../src/engine/session.ts'
import { createAuditLog } from '../../src/store/audit.ts'
import type { AuditEntry } from '../../src/core/model/audit.ts'
import { keys } from '../../src/store/keys.ts'
import { quiet } from '../redis.ts'
import { until } from '../wait.ts'
import { ada } from '../store/example-state.ts'
import { startRig } from './rig.ts'
import { running } from '../running.ts'

const grace: Actor = { id: 'slack:U0614TZR7', name: 'Grace Hopper', platform: 'slack' }
const OPS = { platform: 'slack', channel: 'T1/C2', tenant: null }

describe('the audit', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset())

  const kept = async (): Promise<readonly AuditEntry[]> => {
    assert.equal((await rig.services.auditLog.verify()).kind, 'whole')
    return (await rig.services.auditLog.newest(100, () => true)).toReversed()
  }
  const history = async (person?: string, count = 15): Promise<HistoryView> => {
    const [view] = await rig.ask({ kind: 'history', count, ...(person === undefined ? {} : { person }) })
    assert.ok(view?.kind === 'history', JSON.stringify(view))
    return view
  }

  it('keeps who asked for what, from where, and how it ended', async () => {
    await rig.ask({ kind: 'pin', count: 2, forMs: 7_200_000, reason: 'launch' }, grace, OPS)
    const [entry] = await kept()
    assert.ok(entry !== undefined)
    assert.deepEqual(
      [entry.kind, entry.action, entry.actor, entry.place, entry.pool, entry.outcome],
      ['request', 'pin', grace, { platform: 'slack', channel: 'T1/C2' }, { id: 'web', name: 'web' }, 'done'],
    )
    assert.equal(entry.what, 'Pinned web at 2 for 2 h')
    assert.match(entry.told, /^web is pinned at 2 members/)
    assert.deepEqual(entry.detail['request'], { kind: 'pin', count: 2, forMs: 7_200_000, reason: 'launch' })
  })

  it('tells a request as it is typed', () => {
    for (const line of [
      'notify changes',
      'notify quiet off',
      'notify quiet 22:00-07:30 Europe/Berlin',
      'notify weekly mon 09:05 UTC',
      'notify weekly off',
      'refresh',
      'refresh live',
      'refresh keep 3',
      'pin 3 for 2 h launch day',
      'protect web-2 for 30 min',
      'connect snapshot live',
      'policy target=50% max=6',
      'snooze off',
      'scale 3',
    ]) {
      const parsed = parseLine(line, rig.now())
      assert.ok(parsed.kind === 'request' && parsed.request.kind !== 'help')
      assert.equal(askedOf(parsed.request).line, line)
    }
  })

  it('keeps what was refused, what failed, and what changed nothing, but no mere questions', async () => {
    await assert.rejects(rig.ask({ kind: 'pin', count: 99, forMs: 60_000, reason: '' }))
    const commit = rig.services.store.commit
    Object.assign(rig.services.store, {
      commit: async () => {
        throw new TypeError('the secret is dop_v1_0123456789abcdef')
      },
    })
    await assert.rejects(rig.ask({ kind: 'pause', forMs: null, reason: '' }), TypeError)
    Object.assign(rig.services.store, { commit })
    await rig.ask({ kind: 'unpin' })
    for (const kind of ['status', 'history', 'cost'] as const) {
      await rig.ask(kind === 'history' ? { kind, count: 3 } : { kind })
    }
    await rig.ask({ kind: 'policy', changes: {} })
    const told = (await kept()).map(({ action, outcome, told }) => [action, outcome, told])
    assert.deepEqual(told, [
      ['pin', 'refused', 'A pin must be between the minimum of 1 and the maximum of 5; nothing was changed.'],
      ['pause', 'failed', 'something went wrong inside; the log says what'],
      ['unpin', 'nothing', 'web is not pinned'],
    ])
  })

  it('tells what changed something from what found nothing to do', async () => {
    await rig.ask({ kind: 'connect', choice: null })
    await rig.ask({ kind: 'undo', episode: null }).catch(() => undefined)
    await rig.ask({ kind: 'mode', mode: 'auto' })
    await rig.ask({ kind: 'mode', mode: 'approve' })
    await rig.ask({ kind: 'mode', mode: null })
    const told = (await kept()).map(({ action, outcome }) => [action, outcome])
    assert.deepEqual(
      told.filter(([action]) => action !== 'undo'),
      [
        ['connect', 'done'],
        ['mode', 'nothing'],
        ['mode', 'done'],
      ],
    )
    assert.notEqual(told.find(([action]) => action === 'undo')?.[1], 'done')
  })

  it('tells an automatic scale event by its decision and its episode, when it begins and when it ends', async () => {
    await rig.run(5, 0.95)
    const state = await rig.state()
    const [episode] = state.episodes
    assert.ok(episode !== undefined)
    const begun = (await kept()).find(({ action }) => action === 'scaleOut')
    assert.ok(begun !== undefined)
    assert.deepEqual(
      [begun.kind, begun.actor.id, begun.place, begun.episode, begun.outcome],
      ['decision', 'spinup', null, episode.id, 'begun'],
    )
    const decisions = await rig.services.store.decisions('web', 50)
    assert.ok(decisions.some(({ id, kind }) => id === begun.decision && kind === 'scaleOut'))
    await rig.work()
    await rig.run(1, 0.3)
    const end = (await kept()).find(({ kind, action }) => kind === 'event' && action === 'scaleOut')
    assert.ok(end !== undefined)
    assert.deepEqual([end.episode, end.outcome, end.detail['failed']], [episode.id, 'done', 0])
    assert.match(end.told, /^done in /)
  })

  it('tells every vote with its question, also one that came too late', async () => {
    await rig.reset({ mode: 'approve', approvalMs: 600_000 })
    await rig.run(5, 0.95)
    const open = (await rig.state()).approvals.find(({ state }) => state === 'open')
    assert.ok(open !== undefined)
    await rig.ask({ kind: 'approve', id: open.id }, grace, OPS)
    await rig.ask({ kind: 'deny', id: open.id, reason: 'too dear' }, ada)
    const entries = await kept()
    const asked = entries.find(({ action }) => action === 'approval')
    assert.deepEqual([asked?.kind, asked?.approval, asked?.decision], ['decision', open.id, open.decision.id])
    const votes = entries.filter(({ kind }) => kind === 'vote')
    assert.deepEqual(
      votes.map(({ actor, action, approval, outcome }) => [actor.name, action, approval, outcome]),
      [
        ['Grace Hopper', 'approve', open.id, 'done'],
        ['Ada', 'deny', open.id, 'nothing'],
      ],
    )
    assert.equal(votes[0]?.decision, open.decision.id)
    assert.equal(votes[0]?.episode, (await rig.state()).episodes[0]?.id)
  })

  it('tells when a question lapses', async () => {
    await rig.reset({ mode: 'approve', approvalMs: 20_000, onExpiryOut: 'hold' })
    await rig.run(3, 0.95)
    await rig.run(25, 0.95)
    const expired = (await kept()).find(({ detail }) => detail['state'] === 'expired')
    assert.ok(expired !== undefined)
    assert.deepEqual([expired.kind, expired.action, expired.actor.id], ['decision', 'approval', 'spinup'])
    assert.match(expired.told, /nobody answered in time/)
  })

  it('knows of a request whose bot was killed before it ended', async () => {
    const dying = createAudit({
      log: { ...rig.services.auditLog, append: () => new Promise(() => undefined) },
      now: rig.now,
      logger: quiet,
    })
    const asker = { actor: ada, place: OPS, roles: [] }
    void dying.request(askedOf({ kind: 'up', count: 1 }), asker, async () => [])
    while ((await rig.redis.hlen(keys.auditOpen)) === 0);
    rig.pass(11 * 60_000)
    // Nobody asks anything any more, but Spinup goes on working.
    const living = createAudit({ log: createAuditLog(rig.redis), now: rig.now, logger: quiet })
    const state = await rig.state()
    await living.commit({ before: state, after: state, journal: [], decisions: [], at: rig.now() }, async () => true)
    await until(async () => (await kept()).length > 0, { what: 'the sweep' })
    const [entry] = await kept()
    assert.deepEqual([entry?.action, entry?.outcome, entry?.actor.name], ['up', 'unknown', 'Ada'])
  })

  it('keeps nothing of work that was not written, because another bot took over', async () => {
    const work = withPool(rig.services, 'web', 0, async (session) => {
      session.journal({ at: rig.now(), actor: ada, what: 'something', outcome: '', tone: 'info' })
      await rig.redis.set(keys.lock('web'), 'another')
    })
    await assert.rejects(work, { code: 'conflict' })
    assert.deepEqual(await kept(), [])
    assert.equal(await rig.redis.hlen(keys.auditOpen), 0)
  })

  it('does nothing that it cannot keep', async () => {
    let done = false
    const audit = createAudit({
      log: { ...rig.services.auditLog, open: () => Promise.reject(new Error('no Redis')) },
      now: rig.now,
      logger: quiet,
    })
    const work = async (): Promise<readonly []> => {
      done = true
      return []
    }
    await assert.rejects(
      audit.request(askedOf({ kind: 'resume' }), { actor: ada, place: OPS, roles: [] }, work),
      /no Redis/,
    )
    assert.equal(done, false)
  })

  it('keeps no secret that somebody pasted', async () => {
    const token = 'dop_v1_0123456789abcdef0123456789abcdef'
    await rig.ask({ kind: 'pause', forMs: 60_000, reason: `token=${token} for the launch` })
    const text = JSON.stringify(await kept())
    assert.doesNotMatch(text, /0123456789abcdef/)
    assert.match(text, /for the launch/)
    // No real ones: put together here, so that nobody's scanner takes them for such.
    const pasted = [
      token,
      ['xoxb', '1234567890', 'abcdefgh'].join('-'),
      ['xapp', '1', 'A0123456789'].join('-'),
      'Authorization: Bearer abc.def-ghijk',
      'https://ada:hunter22@redis.example.com',
      'http://bot/connect?link=Zm9vYmFyYmF6',
      ['MTE5ODYyMjQ4MzQ3MTkyNTI0OA', 'Cl2FMQ', 'ZnCjm1XVW7vRze4b7Cq4se7kKWs'].join('.'),
    ]
    for (const secret of pasted) {
      const clean = withoutSecrets(`see ${secret} please`)
      assert.match(clean, /^see .*… ?.*please$/, clean)
      assert.doesNotMatch(clean, /0123456789|abcdefgh|abc\.def|hunter22|Zm9v|ZnCjm/, clean)
    }
    assert.equal(withoutSecrets('Scale out: 2 → 4. CPU 93 %, target 60 %'), 'Scale out: 2 → 4. CPU 93 %, target 60 %')
  })

  describe('as history', () => {
    it('is who, what, when and from where, newest first', async () => {
      await rig.ask({ kind: 'pin', count: 2, forMs: 3_600_000, reason: '' }, grace, OPS)
      rig.pass(1000)
      await assert.rejects(rig.ask({ kind: 'scale', count: 40 }, ada))
      const usual = await history()
      assert.deepEqual([usual.entries.map(({ what }) => what), usual.refused], [['Pinned web at 2 for 1 h'], 1])
      const [all] = await rig.ask({ kind: 'history', count: 15, refused: true })
      assert.ok(all?.kind === 'history' && all.refused === undefined)
      const { entries } = all
      assert.deepEqual(
        entries.map(({ actor, what, where, tone }) => [actor.name, what, where, tone]),
        [
          ['Ada', 'scale 40', 'the console', 'warn'],
          ['Grace Hopper', 'Pinned web at 2 for 1 h', 'Slack', 'info'],
        ],
      )
      assert.match(entries[0]!.outcome, /^refused: /)
    })

    it('is of all that the team has done where there is no pool any more', async () => {
      await rig.ask({ kind: 'pin', count: 2, forMs: 3_600_000, reason: '' }, grace, OPS)
      await rig.ask({ kind: 'snooze', forMs: 3_600_000 }, grace, { ...OPS, tenant: 'slack:T9' })
      await rig.services.store.remove('web')
      await rig.ask({ kind: 'notify', choice: { kind: 'level', level: 'changes' } }, grace, OPS)
      const { pool, entries } = await history()
      assert.deepEqual(
        [pool, ...entries.map(({ what }) => what)],
        ['Spinup', 'notify changes', 'Pinned web at 2 for 1 h'],
      )
    })

    it('is of one person, by name, mention, or oneself', async () => {
      await rig.ask({ kind: 'pause', forMs: null, reason: '' }, grace, OPS)
      await rig.ask({ kind: 'resume' }, ada)
      for (const person of ['grace', 'Hopper', '@Grace', '<@U0614TZR7>', '<@U0614TZR7|grace>', 'slack:U0614TZR7']) {
        const { entries } = await history(person)
        assert.deepEqual(
          entries.map(({ actor }) => actor.name),
          ['Grace Hopper'],
          person,
        )
      }
      assert.deepEqual(
        (await history('me')).entries.map(({ actor }) => actor.name),
        ['Ada'],
      )
      const [none] = await rig.ask({ kind: 'history', count: 5, person: 'Linus' })
      assert.ok(none?.kind === 'answer')
      assert.match(none.text, /Ada, Grace Hopper/)
    })

    it('tells a scale event in one line, with who wanted it and how it ended', async () => {
      await rig.ask({ kind: 'up', count: 1 }, grace, OPS)
      assert.deepEqual(
        (await history()).entries.map(({ actor, outcome }) => [actor.name, outcome]),
        [['Grace Hopper', '']],
      )
      await rig.work()
      await rig.run(1, 0.3)
      const { entries } = await history()
      assert.equal(entries.length, 1)
      const [line] = entries
      assert.deepEqual([line?.actor.name, line?.where, line?.tone], ['Grace Hopper', 'Slack', 'good'])
      assert.match(`${line?.what} ${line?.outcome}`, /^Scale out: 1 → 2\. .* done in /)
    })
  })
})
