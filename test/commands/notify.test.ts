import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { destinationOf, type Place } from '../../src/core/model/platforms.ts'
import type { NotifyChoice } from '../../src/commands/notify.ts'
import type { AnswerView } from '../../src/core/model/view.ts'
import { timeZoneAt } from '../../src/engine/reports/live.ts'
import { ada } from '../store/example-state.ts'
import { alert, OPS } from '../notify/stage.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

describe('notify', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ timeZone: 'America/New_York' }))
  const ask = async (choice: NotifyChoice, place: Place = OPS): Promise<AnswerView> => {
    const [view, ...more] = await rig.ask({ kind: 'notify', choice }, ada, place)
    assert.deepEqual(more, [])
    assert.ok(view?.kind === 'answer')
    return view
  }
  const fields = (view: AnswerView): Readonly<Record<string, string>> =>
    Object.fromEntries(view.fields.map(({ name, value }) => [name, value]))

  it('shows what a channel is told, to who asks alone, with buttons for the rest', async () => {
    await rig.ask({ kind: 'connect', choice: null }, ada, OPS)
    const view = await ask({ kind: 'show' })
    assert.equal(view.private, true)
    assert.equal(view.title, 'This channel gets everything')
    assert.deepEqual(fields(view), { 'Quiet hours': 'none', 'Weekly summary': 'none', Pools: 'web' })
    assert.deepEqual(
      view.actions.map(({ action }) => action),
      ['changes', 'trouble', 'off'].map((level) => `run:/spinup notify ${level}`).concat('run:/spinup snooze 1h'),
    )
  })

  it('begins to tell a channel that was told nothing', async () => {
    assert.equal((await ask({ kind: 'show' })).title, 'This channel gets nothing')
    assert.equal((await ask({ kind: 'level', level: 'trouble' })).title, 'This channel gets questions and trouble')
    await rig.services.notices.tell('web', 'a', alert('bad'), rig.now())
    assert.equal(await rig.services.outbox.deliver(destinationOf(OPS), async () => undefined), 1)
  })

  it('sets quiet hours by the named zone, the channel’s, or the team’s', async () => {
    await ask({ kind: 'level', level: 'all' })
    assert.equal(await timeZoneAt(rig.services, OPS), 'America/New_York')
    const hours = { from: 22 * 60, to: 7 * 60 + 5 }
    const first = await ask({ kind: 'quiet', hours, timeZone: null })
    assert.equal(fields(first)['Quiet hours'], '22:00–07:05 America/New_York')
    const second = await ask({ kind: 'quiet', hours, timeZone: 'Europe/Berlin' })
    assert.equal(fields(second)['Quiet hours'], '22:00–07:05 Europe/Berlin')
    assert.match(second.text, /one digest/)
    const third = await ask({ kind: 'weekly', at: { weekday: 1, minute: 540 }, timeZone: null })
    assert.equal(fields(third)['Weekly summary'], 'Mondays 09:00 Europe/Berlin')
    assert.equal(await timeZoneAt(rig.services, OPS), 'Europe/Berlin')
    const off = await ask({ kind: 'quiet', hours: null, timeZone: null })
    assert.deepEqual(
      [fields(off)['Quiet hours'], fields(off)['Weekly summary']],
      ['none', 'Mondays 09:00 Europe/Berlin'],
    )
  })

  it('offers the end of a snooze while there is one', async () => {
    await ask({ kind: 'level', level: 'all' })
    await rig.ask({ kind: 'snooze', forMs: 60_000 }, ada, OPS)
    const view = await ask({ kind: 'show' })
    assert.ok('Snoozed until' in fields(view))
    assert.equal(view.actions.at(-1)?.action, 'run:/spinup snooze off')
  })

  it('says on the console that it always shows everything', async () => {
    for (const choice of [{ kind: 'show' }, { kind: 'level', level: 'off' }] as const) {
      assert.match((await ask(choice, HERE)).title, /console always shows everything/)
    }
    assert.equal(await rig.services.notices.settings(HERE), 'always')
  })

  it('works before anything is connected', async () => {
    await rig.redis.flushall()
    assert.equal((await ask({ kind: 'level', level: 'changes' })).kind, 'answer')
  })
})
