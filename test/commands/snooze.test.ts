import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { destinationOf, type Place } from '../../src/core/model/platforms.ts'
import type { Performable } from '../../src/commands/dispatch/perform.ts'
import type { AnswerView } from '../../src/core/model/view.ts'
import { ada, T } from '../store/example-state.ts'
import { alert, OPS } from '../notify/stage.ts'
import { HERE, startRig } from '../engine/rig.ts'
import { running } from '../running.ts'

const HOUR = 3600_000

describe('snooze', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset())
  const ask = async (request: Performable, place: Place = OPS): Promise<AnswerView> => {
    const [view, ...more] = await rig.ask(request, ada, place)
    assert.deepEqual(more, [])
    assert.ok(view?.kind === 'answer')
    return view
  }
  const told = async (): Promise<readonly string[]> => {
    const found: string[] = []
    await rig.services.notices.showDigests(rig.now())
    await rig.services.outbox.deliver(destinationOf(OPS), async ({ view }) => void found.push(view.kind))
    return found
  }

  it('spares the channel and says until when by its clock; the digest comes after it', async () => {
    await rig.ask({ kind: 'connect', choice: null }, ada, OPS)
    const choice = { kind: 'quiet', hours: null, timeZone: 'Asia/Kolkata' } as const
    await ask({ kind: 'notify', choice })
    const view = await ask({ kind: 'snooze', forMs: HOUR })
    assert.match(view.title, /^Snoozed until \d\d:\d\d /)
    assert.deepEqual(
      view.actions.map(({ action }) => action),
      ['run:/spinup snooze off'],
    )
    await rig.services.notices.tell('web', 'a', alert('warn'), rig.now())
    assert.deepEqual(await told(), [])
    rig.pass(HOUR)
    assert.deepEqual(await told(), ['digest'])
  })

  it('a longer one goes on from where it began, and off ends it at once', async () => {
    await rig.ask({ kind: 'connect', choice: null }, ada, OPS)
    await ask({ kind: 'snooze', forMs: HOUR })
    rig.pass(HOUR / 2)
    await ask({ kind: 'snooze', forMs: 2 * HOUR })
    const settings = await rig.services.notices.settings(OPS)
    assert.ok(settings !== null && settings !== 'always')
    assert.deepEqual(settings.snooze, { from: T, until: T + 2.5 * HOUR })
    await rig.services.notices.tell('web', 'a', alert('warn'), rig.now())
    assert.match((await ask({ kind: 'snooze', forMs: null })).title, /awake again/)
    assert.deepEqual(await told(), ['digest'])
    assert.match((await ask({ kind: 'snooze', forMs: null })).title, /not snoozed/)
  })

  it('is refused kindly on the console, and where a channel gets nothing', async () => {
    assert.match((await ask({ kind: 'snooze', forMs: HOUR }, HERE)).title, /console cannot be snoozed/)
    assert.match((await ask({ kind: 'snooze', forMs: HOUR })).title, /gets nothing/)
    assert.equal(await rig.services.notices.settings(OPS), null)
  })
})
