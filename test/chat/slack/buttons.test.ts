import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import type { Form } from '../../../src/chat/chat.ts'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../../src/chat/slack/options.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { exampleViews } from '../../example-views.ts'
import { TIME_ZONE } from '../../fakes/slack/other-methods.ts'
import type { ShownMessage } from '../../fakes/slack/record.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { answer, card, refusal, said, startRig, type Rig } from './rig.ts'

const DENY: Form = {
  title: 'Keep 2, not 4?',
  submit: 'Deny',
  fields: [{ name: 'reason', label: 'Why?', hint: 'The team sees it.', value: '', optional: false, most: 200 }],
}

const WITH_BUTTONS = answer('what now', {
  actions: [
    { action: 'approve:p1', label: 'Approve', style: 'primary' },
    { action: 'ask:deny:p1', label: 'Deny', style: 'danger' },
    { action: 'run:/spinup status', label: 'Status', style: 'plain' },
    { action: 'run:/spinup pin 3 for 1h A&B', label: 'Pin', style: 'plain' },
  ],
})

describe('buttons, forms and the home page in Slack', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  let pressable: ShownMessage
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    slack = await startSlack({
      workspaces: [{ team: HOME_TEAM, name: 'Acme', groups: { S0OPS00001: ['grace'] } }],
    })
    rig = await startRig({ slack, redis })
    await rig.chat.show(`${HOME_TEAM}/${slack.workspace().channel('ops').id}`, card('c1', 1, WITH_BUTTONS))
    pressable = slack.cards('ops')[0]!
  })
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })
  const ephemerals = (): readonly { readonly to: string }[] => slack.channel('ops').ephemerals
  const modal = (): Promise<ReturnType<FakeSlack['modals']>[number]> =>
    until(() => slack.modals()[0], { what: 'a form' })

  it('a press is answered to the person who pressed, with their groups for a vote', async () => {
    const { acked } = await slack.people.press(pressable, 'Approve', { user: 'grace' })
    assert.ok(acked)
    await until(() => ephemerals().length === 1)
    const { id } = slack.workspace().person('grace')
    assert.equal(ephemerals()[0]?.to, id)
    const [input] = rig.script.asked.actions
    assert.equal(input?.action, 'approve:p1')
    assert.deepEqual(input.asker.roles, ['slack:S0OPS00001'])
    assert.equal(input.asker.actor.id, `slack:${id}`)
    assert.equal(slack.cards('ops').length, 1)
  })

  it('takes what is chosen in the menu of what is seldom pressed', async () => {
    const ops = `${HOME_TEAM}/${slack.workspace().channel('ops').id}`
    await rig.chat.show(ops, card('menu', 1, exampleViews(Date.now()).episode))
    await slack.people.press(slack.cards('ops').at(-1)!, 'Snooze 1 h', { user: 'grace' })
    await until(() => rig.script.asked.actions.length > 0, { what: 'the press' })
    assert.equal(rig.script.asked.actions.at(-1)?.action, 'run:/spinup snooze 1h')
  })

  it('a button that types a command answers everyone, as the command would', async () => {
    await slack.people.press(pressable, 'Status')
    await until(() => slack.cards('ops').length === 2)
    assert.match(said(slack.cards('ops')[1]), /done: run:\/spinup status/)
    assert.deepEqual(rig.script.asked.actions[0]?.asker.roles, [])
  })

  it('an action comes back exactly as it was sent', async () => {
    await slack.people.press(pressable, 'Pin')
    await until(() => rig.script.asked.actions.length === 1)
    assert.equal(rig.script.asked.actions[0]?.action, 'run:/spinup pin 3 for 1h A&B')
  })

  it('an entry of a menu is pressed like a button', async () => {
    const actions = Array.from({ length: 9 }, (_, index) => ({
      action: `run:/spinup scale ${index}`,
      label: `Scale ${index}`,
      style: 'plain' as const,
    }))
    await rig.chat.show(
      `${HOME_TEAM}/${slack.workspace().channel('ops').id}`,
      card('c2', 1, answer('many', { actions })),
    )
    await slack.people.press(slack.cards('ops')[1]!, 'Scale 8')
    await until(() => rig.script.asked.actions.length === 1)
    assert.equal(rig.script.asked.actions[0]?.action, 'run:/spinup scale 8')
  })

  it('a denial asks for its reason in a form', async () => {
    rig.script.forms = () => DENY
    await slack.people.press(pressable, 'Deny', { user: 'grace' })
    const { acked } = await slack.people.submit(await modal(), { reason: 'launch day' })
    assert.ok(acked)
    assert.equal(slack.modals().length, 0)
    const [input] = rig.script.asked.actions
    assert.equal(input?.action, 'ask:deny:p1')
    assert.deepEqual(input.values, { reason: 'launch day' })
    assert.deepEqual(input.asker.roles, ['slack:S0OPS00001'])
    assert.equal(input.asker.place.channel, `${HOME_TEAM}/${slack.workspace().channel('ops').id}`)
    await until(() => ephemerals().length === 1)
    assert.equal(slack.cards('ops').length, 1)
  })

  it('a form that stands for a command answers everyone, as the command would', async () => {
    rig.script.forms = () => ({ ...DENY, fields: [{ ...DENY.fields[0]!, name: 'min' }] })
    const actions = [{ action: 'ask:policy', label: 'Change', style: 'plain' as const }]
    await rig.chat.show(
      `${HOME_TEAM}/${slack.workspace().channel('ops').id}`,
      card('c2', 1, answer('policy', { actions })),
    )
    await slack.people.press(slack.cards('ops')[1]!, 'Change')
    await slack.people.submit(await modal(), { min: '2' })
    await until(() => slack.cards('ops').length === 3)
    assert.deepEqual(rig.script.asked.actions[0]?.values, { min: '2' })
  })

  it('what is wrong with the input is shown in the form, which stays open', async () => {
    rig.script.forms = () => ({
      ...DENY,
      fields: [
        { ...DENY.fields[0]!, name: 'min', label: 'min' },
        { ...DENY.fields[0]!, name: 'max', label: 'max' },
        { ...DENY.fields[0]!, name: 'max-per-month', label: 'max-per-month' },
      ],
    })
    rig.script.answers = () => [refusal('max-per-month takes dollars; “lots” are none.')]
    await slack.people.press(pressable, 'Deny')
    const form = await modal()
    await slack.people.submit(form, { 'max-per-month': 'lots' })
    assert.deepEqual(Object.keys(form.errors), ['field:max-per-month'])
    rig.script.answers = () => [refusal('max takes a whole number, not “many”.')]
    await slack.people.submit(form, { min: '1', max: 'many' })
    assert.equal(slack.modals().length, 1)
    assert.deepEqual(form.errors, { 'field:max': 'max takes a whole number, not “many”.' })
    assert.equal(ephemerals().length, 0)
    rig.script.answers = () => [answer('set')]
    await slack.people.submit(form, { min: '1', max: '4' })
    assert.equal(slack.modals().length, 0)
  })

  it('a form whose facts come late opens in time, and is filled in then', async () => {
    rig.script.forms = async () => {
      await until(() => slack.modals().length === 1, { what: 'the form before its facts' })
      return DENY
    }
    await slack.people.press(pressable, 'Deny')
    const form = await until(() => slack.modals().find(({ view }) => view.blocks[0]?.['type'] === 'input'))
    await slack.people.submit(form, { reason: 'later' })
    assert.deepEqual(rig.script.asked.actions[0]?.values, { reason: 'later' })
  })

  it('a form that Slack no longer opens is said, not ignored', async () => {
    slack.state.triggerMs = 0
    rig.script.forms = () => DENY
    await slack.people.press(pressable, 'Deny')
    await until(() => ephemerals().length === 1)
    assert.match(said(slack.channel('ops').ephemerals[0]), /Press again/)
    assert.equal(slack.modals().length, 0)
  })

  it('a form that was closed before its facts came is nobody’s fault', async () => {
    rig.script.forms = async () => {
      const form = await modal()
      form.open = false
      return DENY
    }
    await slack.people.press(pressable, 'Deny')
    await until(() => slack.calls.some(({ method }) => method === 'views.update'))
    await slack.people.type('status')
    await until(() => slack.cards('ops').length === 2)
    assert.equal(ephemerals().length, 0)
  })

  it('a form that stands open says so when its facts never come', async () => {
    rig.script.forms = async () => {
      await until(() => slack.modals().length === 1, { what: 'the form before its facts' })
      throw new SpinupError('storeFailed', 'Redis is unreachable.')
    }
    await slack.people.press(pressable, 'Deny')
    await until(() => JSON.stringify(slack.modals()[0]?.view).includes('Redis is unreachable'))
    assert.equal(ephemerals().length, 0)
  })

  it('opening a form asks Slack nothing about the person; whose clock it is is known when it is sent', async () => {
    const token = slack.install(HOME_TEAM, [...REQUIRED_SCOPES, ...WISHED_SCOPES]).text
    const knowing = await startRig({ slack, redis, settings: { botToken: token }, start: false })
    await rig.stop()
    await knowing.chat.start(knowing.script)
    rig = knowing
    rig.script.forms = () => DENY
    await slack.people.press(pressable, 'Deny', { user: 'grace' })
    await slack.people.submit(await modal(), { reason: 'launch day' })
    const [opened, sent] = [rig.script.asked.forms[0]?.asker, rig.script.asked.actions[0]?.asker]
    assert.deepEqual([opened?.actor.name, opened?.timeZone], ['grace', undefined])
    assert.deepEqual([sent?.actor.name, sent?.timeZone], ['grace', TIME_ZONE])
  })

  it('why there is no form is told to the person', async () => {
    rig.script.forms = () => [refusal('Already approved by Ada; nothing was changed.', 'conflict')]
    await slack.people.press(pressable, 'Deny')
    await until(() => ephemerals().length === 1)
    assert.match(said(slack.channel('ops').ephemerals[0]), /Already approved by Ada/)
    assert.equal(slack.modals().length, 0)
  })

  it('a form of another version changes nothing and says so', async () => {
    rig.script.forms = () => DENY
    await slack.people.press(pressable, 'Deny')
    const form = await modal()
    form.view = { ...form.view, private_metadata: 'not ours' }
    await slack.people.submit(form, { reason: 'x' })
    await until(() => slack.channels().some(({ name, messages }) => name === '@ada' && messages.length === 1))
    assert.equal(rig.script.asked.actions.length, 0)
  })

  it('a message pressed in a thread is answered in that thread', async () => {
    const { ts } = await slack.people.mention('status')
    const parent = slack.channel('ops').messages.find((message) => message.ts === ts)!
    rig.script.answers = () => [WITH_BUTTONS]
    await slack.people.mention('help', { thread: parent })
    const reply = await until(() =>
      parent.replies.find((message) => message.blocks.some(({ type }) => type === 'actions')),
    )
    await slack.people.press(reply, 'Approve')
    await until(() => ephemerals().length === 1)
    assert.equal(slack.channel('ops').ephemerals[0]?.thread, parent.ts)
  })

  it('what one person alone sees in a thread is answered in that thread', async () => {
    const { ts } = await slack.people.mention('status')
    const parent = slack.channel('ops').messages.find((message) => message.ts === ts)!
    await until(() => parent.replies.length === 1)
    rig.script.answers = () => [answer('a link', { private: true, actions: WITH_BUTTONS.actions })]
    await slack.people.mention('connect', { thread: parent })
    const shown = await until(() => slack.channel('ops').ephemerals[0])
    assert.equal(shown.thread, ts)
    await slack.people.press(shown, 'Approve')
    await until(() => ephemerals().length === 2)
    assert.equal(slack.channel('ops').ephemerals[1]?.thread, ts)
  })

  it('the home page shows the pools, and its buttons work', async () => {
    rig.script.pages = () => [exampleViews(Date.now()).status]
    await slack.people.openHome({ user: 'grace' })
    const page = await until(() => slack.home('grace'))
    assert.match(JSON.stringify(page.view), /shop/)
    const { id } = slack.workspace().person('grace')
    assert.equal(rig.script.asked.homes[0]?.actor.id, `slack:${id}`)
    const label = exampleViews(Date.now()).status.actions[0]!.label
    await slack.people.pressHome(label, { user: 'grace' })
    await until(() => slack.channels().some(({ name, messages }) => name === '@grace' && messages.length === 1))
    await until(() => rig.script.asked.homes.length === 2, { what: 'the page being drawn anew' })
  })

  it('an empty home page leads to a first droplet, in the person’s own messages', async () => {
    await slack.people.openHome()
    await until(() => slack.home('ada'))
    await slack.people.pressHome('Connect a droplet')
    await until(() => rig.script.asked.actions.some(({ action }) => action === 'run:/spinup connect'))
    assert.equal(rig.script.asked.actions[0]?.asker.place.channel, `${HOME_TEAM}/${slack.workspace().person('ada').id}`)
  })
})
