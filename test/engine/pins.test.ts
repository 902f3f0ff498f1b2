import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import type { AnswerView } from '../../src/core/model/view.ts'
import { HERE, startRig } from './rig.ts'
import { ada } from '../store/example-state.ts'
import { running } from '../running.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('a pin', () => {
  const rig = running(startRig)
  beforeEach(() => rig.reset({ scaleInWindowMs: 86_400_000, max: 6 }))

  const pin = async (count: number, forMs: number, reason = ''): Promise<AnswerView> => {
    const [view] = await rig.ask({ kind: 'pin', count, forMs, reason })
    assert.ok(view?.kind === 'answer')
    return view
  }
  const field = (view: AnswerView, name: string): string | undefined =>
    view.fields.find((one) => one.name === name)?.value

  it('shows what it costs and what limits it', async () => {
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.05', 'max-per-month': '$60' } })
    const view = await pin(4, 2 * HOUR, 'launch day')
    assert.equal(field(view, 'Cost'), '$0.006 → $0.024 an hour')
    assert.equal(field(view, 'For 2 h'), '$0.048; as now it would be $0.012')
    assert.equal(field(view, 'Limits'), '1 to 6 members, $0.05 an hour, $60.00 a month')
    assert.equal(field(view, 'Reason'), 'launch day')
    assert.deepEqual(
      view.actions.map(({ action }) => action),
      ['run:/spinup unpin @web'],
    )
  })

  it('tells its end by the clock of whoever pins, else of the pool', async () => {
    await rig.ask({ kind: 'policy', changes: { 'time-zone': 'Europe/Berlin' } })
    assert.match(field(await pin(2, HOUR), 'Until')!, /^17:13 (CEST|GMT\+2)$/)
    const request = { kind: 'pin', count: 2, forMs: HOUR, reason: '' } as const
    const asker = { actor: ada, place: HERE, roles: [], timeZone: 'Asia/Kolkata' }
    const { perform } = await import('../../src/commands/dispatch/perform.ts')
    const [view] = await perform(rig.services, request, asker, { pool: null, action: '' })
    assert.ok(view?.kind === 'answer')
    assert.match(field(view, 'Until')!, /^20:43 /)
  })

  it('never passes the maximum or the money, and says when the money will end it', async () => {
    await assert.rejects(
      rig.ask({ kind: 'pin', count: 7, forMs: HOUR, reason: '' }),
      /maximum of 6; nothing was changed/,
    )
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': '$0.012' } })
    await assert.rejects(
      rig.ask({ kind: 'pin', count: 3, forMs: HOUR, reason: '' }),
      /The limit of \$0\.012 an hour allows 2; nothing was changed/,
    )
    assert.equal((await rig.state()).pin, null)
    // 21 September, 14:13 UTC: the minimum needs $1.34 until the month is over, so some cents are left.
    await rig.ask({ kind: 'policy', changes: { 'max-per-hour': 'none', 'max-per-month': '$1.40' } })
    const view = await pin(3, 24 * HOUR)
    assert.match(
      field(view, 'Limits')!,
      /\$1\.40 a month, of which the month’s is reached after .*: then the limit overrides the pin/,
    )
  })

  it('says what the calendar keeps it from', async () => {
    await rig.grow(4)
    await rig.ask({ kind: 'policy', changes: { max: '6', calendar: '* * * * * for 5m min=4' } })
    await rig.run(1, 0.3)
    const texts = async (count: number): Promise<string> => JSON.stringify(await pin(count, HOUR, ''))
    assert.match(await texts(2), /Removing 1 now\. The calendar keeps at least 4 at present\./)
    await rig.run(2, 0.3)
    await rig.work()
    assert.match(await texts(2), /It is at 4 now\. The calendar keeps at least 4 at present\./)
  })

  it('says whose pin it takes the place of', async () => {
    assert.equal(field(await pin(2, 10 * MINUTE), 'Instead of'), undefined)
    rig.pass(MINUTE)
    assert.equal(field(await pin(1, MINUTE), 'Instead of'), 'Ada’s pin at 2, 9 min left')
  })

  it('says that it waits while the pool is paused', async () => {
    await rig.ask({ kind: 'pause', forMs: null, reason: '' })
    assert.match((await pin(3, HOUR)).text, /^Adding 2 once the pool is resumed\./)
  })

  it('warns before it lapses, with what will happen then and a button to extend it', async () => {
    await rig.grow(2)
    await pin(3, 2 * HOUR, 'launch day')
    const { at } = (await rig.state()).pin!
    rig.pass(2 * HOUR - 5 * MINUTE - 1000)
    await rig.report(0.1)
    await rig.tick()
    assert.deepEqual(await rig.views('alert'), [])
    await rig.run(2, 0.1)
    const card = (await rig.cards()).get(`pin:${at}`)!
    assert.ok(card.view.kind === 'alert')
    assert.match(card.view.title, /^web is pinned at 3 members, and only until 16:\d\d UTC$/)
    assert.match(
      card.view.text,
      /^That is 5 min from the time of this warning\. Then the policy decides again; as the load is, \d would leave \(3 → \d\)\.$/,
    )
    assert.deepEqual(
      card.view.actions.map(({ action }) => action),
      ['run:/spinup pin 3 for 1h launch day @web', 'run:/spinup unpin @web'],
    )
    await rig.run(10, 0.1)
    assert.equal((await rig.cards()).get(`pin:${at}`)!.revision, card.revision, 'once')
    rig.pass(5 * MINUTE)
    await rig.tick()
    const lapsed = (await rig.cards()).get(`pin:${at}`)!.view
    assert.ok(lapsed.kind === 'answer' && lapsed.title === 'Pin at 3 members expired' && lapsed.actions.length === 0)
  })

  it('warns of what will happen by the limits that the calendar has then', async () => {
    await rig.grow(3)
    await rig.ask({ kind: 'policy', changes: { calendar: '* * * * * for 1h min=3' } })
    await pin(4, 2 * HOUR, '')
    const { at } = (await rig.state()).pin!
    await rig.run(60, 0.05)
    rig.pass(2 * HOUR - 5 * MINUTE - 60_000)
    await rig.run(2, 0.05)
    const { view } = (await rig.cards()).get(`pin:${at}`)!
    assert.ok(view.kind === 'alert')
    assert.match(view.text, /as the load is, 1 would leave \(4 → 3\)\.$/)
  })

  it('warns later where it is short: in the last tenth', async () => {
    await pin(1, 10 * MINUTE)
    await rig.run(1, 0.1)
    rig.pass(9 * MINUTE - 3000)
    await rig.run(1, 0.1)
    assert.deepEqual(await rig.views('alert'), [])
    rig.pass(2000)
    await rig.run(1, 0.1)
    assert.equal((await rig.views('alert')).filter(({ title }) => title.includes('pinned')).length, 1)
  })

  it('that was extended or lifted takes its warning back', async () => {
    for (const change of [() => pin(2, HOUR), () => rig.ask({ kind: 'unpin' })]) {
      await rig.reset({ scaleInWindowMs: 86_400_000, max: 6 })
      await pin(1, 10 * MINUTE)
      const { at } = (await rig.state()).pin!
      rig.pass(9 * MINUTE + 30_000)
      await rig.tick()
      assert.equal((await rig.cards()).get(`pin:${at}`)?.view.kind, 'alert')
      await change()
      const view = (await rig.cards()).get(`pin:${at}`)!.view
      assert.ok(view.kind === 'answer' && view.actions.length === 0)
      assert.match(view.title, /changed before it expired/)
    }
  })
})
