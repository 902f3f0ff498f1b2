import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { View } from '../../../src/core/model/view.ts'
import { exampleViews } from '../../example-views.ts'
import type { ShownMessage } from '../../fakes/discord/shown.ts'
import { until } from '../../wait.ts'
import { FORM, startRig, type Rig } from './rig.ts'

const VIEWS = exampleViews(Date.now())

function withActions(...actions: readonly string[]): View {
  return {
    ...VIEWS.answer,
    actions: actions.map((action, index) => ({ action, label: `Do ${index}`, style: 'plain' })),
  }
}

describe('Discord’s buttons', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(async () => {
    await rig.stop()
    assert.deepEqual(rig.discord.violations(), [])
  })
  afterEach(() => {
    rig.discord.faults.clear()
    rig.answers = () => [VIEWS.status]
    rig.form = () => FORM
  })

  /** A message with such buttons; what came before is forgotten. */
  async function message(...actions: readonly string[]): Promise<ShownMessage> {
    rig.answers = () => [withActions(...actions)]
    const { replies } = await rig.discord.type('team', 'ops', 'ada', 'status')
    rig.asked.length = 0
    rig.forms.length = 0
    const shown = replies[0]
    assert.ok(shown)
    return shown
  }

  it('do what they stand for, for whoever pressed', async () => {
    const shown = await message('approve:4f1a', 'run:/spinup unpin')
    await rig.discord.press(shown, 'Do 0', 'grace')
    await rig.discord.press(shown, 'Do 1', 'ada')
    assert.deepEqual(
      rig.asked.map(({ request, asker }) => [request, asker.actor.name]),
      [
        [{ kind: 'approve', id: '4f1a' }, 'grace'],
        [{ kind: 'unpin' }, 'ada'],
      ],
    )
  })

  it('that are seldom pressed are choices of a menu, which does the same', async () => {
    rig.answers = () => [VIEWS.episode]
    const { replies } = await rig.discord.type('team', 'ops', 'ada', 'status')
    rig.asked.length = 0
    await rig.discord.press(replies[0]!, 'Snooze 1 h', 'grace')
    assert.equal(rig.asked[0]?.request.kind, 'snooze')
    const drawn = JSON.stringify(replies[0]!.components)
    assert.match(drawn, /"placeholder":"More …"/)
    assert.doesNotMatch(drawn, /"type":2[^}]*"label":"Snooze 1 h"/)
  })

  it('mean the same when what they stand for is too long for Discord, after a restart too', async () => {
    const pairs = `target=50% max=6 calendar="${'mon-fri 08:00-18:00 min=4; '.repeat(8).trim()}"`
    const shown = await message(`run:/spinup policy ${pairs}`)
    await rig.restart()
    await rig.discord.press(shown, 'Do 0')
    const request = rig.asked[0]?.request
    assert.equal(request?.kind === 'policy' && request.changes['target'], '50%')
    assert.equal(request?.kind === 'policy' && (request.changes['calendar']?.length ?? 0) > 100, true)
  })

  it('that nobody remembers say so', async () => {
    const shown = await message('approve:4f1a')
    const asked = await rig.discord.pressId(shown, `~${'x'.repeat(43)}`)
    assert.equal(asked.replies[0]?.onlyFor, 'ada')
    assert.match(asked.replies[0]?.text ?? '', /too old/)
    const odd = await rig.discord.pressId(shown, 'launch:missiles')
    assert.match(odd.replies[0]?.text ?? '', /older message/)
    assert.equal(rig.asked.length, 0)
  })

  it('whose answer is a card of its own are answered, and say so', async () => {
    const shown = await message('approve:4f1a')
    rig.answers = () => []
    const asked = await rig.discord.press(shown, 'Do 0')
    assert.equal(asked.failed, false)
    assert.equal(asked.replies[0]?.onlyFor, 'ada')
    assert.match(asked.replies[0]?.text ?? '', /On it/)
  })

  it('get a promise first where the answer takes long', async () => {
    const shown = await message('approve:4f1a')
    rig.answers = async () => {
      await until(() => rig.discord.channel('team', 'ops').ephemerals.some(({ loading }) => loading))
      return [VIEWS.error]
    }
    const asked = await rig.discord.press(shown, 'Do 0')
    assert.equal(asked.failed, false)
    assert.deepEqual(
      asked.replies.map(({ onlyFor }) => onlyFor),
      ['ada'],
    )
  })

  it('open a form, which comes back with what was filled in', async () => {
    const shown = await message('ask:deny:4f1a')
    const opened = await rig.discord.press(shown, 'Do 0', 'grace')
    assert.equal(opened.modal?.title, FORM.title)
    assert.deepEqual(
      opened.modal?.fields.map(({ label }) => label),
      ['Why?'],
    )
    const sent = await rig.discord.submit(opened, { 'Why?': 'we <@1> deploy\nnow' })
    assert.equal(sent.failed, false)
    assert.deepEqual(rig.asked[0]?.request, { kind: 'deny', id: '4f1a', reason: 'we <@1> deploy now' })
    assert.equal(rig.asked[0]?.asker.actor.name, 'grace')
  })

  it('open a form with choices, and take the chosen one', async () => {
    rig.form = () => ({
      title: 'Connect a droplet',
      submit: 'Continue',
      fields: [
        {
          name: 'reason',
          label: 'Which droplet?',
          hint: 'It is never deleted.',
          value: 'droplet web',
          optional: false,
          most: 100,
          options: Array.from({ length: 40 }, (_, index) => ({
            value: index === 0 ? 'droplet web' : `droplet web-${index}`,
            label: `web-${index}`,
            detail: '2 vCPU',
          })),
        },
      ],
    })
    const shown = await message('ask:deny:4f1a')
    const opened = await rig.discord.press(shown, 'Do 0')
    const field = opened.modal?.fields.find(({ options }) => options.includes('web-3'))
    assert.ok(field)
    const sent = await rig.discord.submit(opened, { [field.id]: 'web-3' })
    assert.equal(sent.failed, false)
    assert.deepEqual(rig.asked[0]?.request, { kind: 'deny', id: '4f1a', reason: 'droplet web-3' })
  })

  it('say why there is no form, and that one came too late', async () => {
    const shown = await message('ask:deny:4f1a', 'ask:nothing')
    const stale = await rig.discord.press(shown, 'Do 1')
    assert.equal(stale.modal, null)
    assert.match(stale.replies[0]?.text ?? '', /older message/)
    const answered = Promise.withResolvers<typeof FORM>()
    rig.form = () => answered.promise
    const late = await rig.discord.press(shown, 'Do 0')
    answered.resolve(FORM)
    assert.equal(late.failed, false)
    assert.equal(late.modal, null)
    assert.match(late.replies[0]?.text ?? '', /too long/)
  })

  it('that are many are a select, whose choices do the same', async () => {
    const shown = await message(...Array.from({ length: 30 }, (_, index) => `run:/spinup scale ${index + 1}`))
    await rig.discord.press(shown, 'Do 27')
    assert.deepEqual(rig.asked[0]?.request, { kind: 'scale', count: 28 })
  })

  it('act once where two bots hear the same press', async () => {
    const shown = await message('run:/spinup up 1')
    const second = await rig.another()
    await second.start(rig.handlers)
    try {
      const asked = await rig.discord.press(shown, 'Do 0')
      assert.equal(asked.replies.length, 1)
      assert.deepEqual(
        rig.asked.map(({ request }) => request),
        [{ kind: 'up', count: 1 }],
      )
    } finally {
      await second.stop()
    }
  })

  it('are answered by one bot where the other learns late that it is not asked', async () => {
    const shown = await message('run:/spinup up 1')
    // Later than a promise comes, and later than is waited for.
    for (const slowMs of [700, 1600]) {
      const second = await rig.another({ slowMs })
      await second.start(rig.handlers)
      try {
        const asked = await rig.discord.press(shown, 'Do 0')
        // It has done all it does.
        await second.stop()
        assert.equal(asked.replies.length, 1, `${slowMs} ms`)
        assert.equal(asked.replies[0]?.loading, false)
        assert.match(asked.replies[0]?.text ?? '', /shop/)
      } finally {
        await second.stop()
      }
    }
  })
})
