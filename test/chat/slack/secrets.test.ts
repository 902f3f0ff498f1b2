import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { createScrubber } from '../../../src/chat/slack/sdk-logger.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { answer, card, startRig, type Rig } from './rig.ts'

describe('secrets of Slack', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    slack = await startSlack()
    rig = await startRig({ slack, redis })
  })
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })
  const ops = (): string => `${HOME_TEAM}/${slack.workspace().channel('ops').id}`

  it('stand in no line of the log, whatever goes wrong', async () => {
    await until(() => slack.socket.connections === 2)
    const actions = [{ action: 'ask:policy', label: 'Change', style: 'plain' as const }]
    await rig.chat.show(ops(), card('c0', 1, answer('zero', { actions })))
    for (const method of [
      'chat.postMessage',
      'chat.update',
      'views.open',
      'views.publish',
      'response_url',
      'apps.connections.open',
    ]) {
      for (const kind of ['down', 'cut', 'rateLimit'] as const) slack.faults.add({ method, kind, retryAfterS: 20 })
    }
    rig.script.forms = () => ({ title: 'x', submit: 'y', fields: [] })
    for (const revision of [1, 2, 3])
      await rig.chat.show(ops(), card('c1', revision, answer('one'))).catch(() => undefined)
    for (const revision of [2, 3, 4])
      await rig.chat.show(ops(), card('c0', revision, answer('two'))).catch(() => undefined)
    rig.script.answers = () => [answer('just you', { private: true })]
    for (let turn = 0; turn < 3; turn++) await slack.people.type('status')
    for (let turn = 0; turn < 3; turn++)
      await slack.people.press(slack.cards('ops')[0]!, 'Change').catch(() => undefined)
    await slack.people.openHome()
    slack.socket.drop()
    await until(() => slack.faults.happened.get('apps.connections.open') === 3)
    await until(() => slack.socket.connections === 2)
    slack.tokens.revokeTeam(HOME_TEAM)
    await rig.chat.show(ops(), card('c2', 1, answer('one'))).catch(() => undefined)
    assert.ok(rig.logged.length > 5, 'plenty was logged')
    assert.doesNotMatch(rig.logged.join('\n'), /xoxb-|xapp-|ticket=|\/response\/|\/upload\//)
  })

  it('a broken payload ends nothing', async () => {
    await slack.people.event({ type: 'app_mention' })
    await slack.people.event({
      type: 'app_mention',
      user: '__proto__',
      text: '<@U0BOT> status',
      ts: 'x',
      channel: '../..',
    })
    void slack.socket.deliver('interactive', { type: 'block_actions', user: {}, actions: [] })
    void slack.socket.deliver('interactive', {
      type: 'view_submission',
      user: { id: 'U1' },
      view: { callback_id: 'spinup:form' },
    })
    void slack.socket.deliver('slash_commands', { command: '/spinup' })
    void slack.socket.deliver('nonsense', null)
    await slack.people.type('status')
    await until(() => slack.cards('ops').length === 1)
  })

  it('a line of a megabyte and words in every script come through whole', async () => {
    const long = `pin 3 ${'x'.repeat(1_000_000)}`
    await slack.people.type(long)
    await slack.people.type('مرحبا 👩‍👩‍👧‍👦 \u202E evil')
    await until(() => slack.cards('ops').length === 2)
    assert.deepEqual(
      rig.script.asked.commands.map(({ text }) => text.length),
      [long.length, 'مرحبا 👩‍👩‍👧‍👦 \u202E evil'.length],
    )
  })
})

describe('what looks like a secret', () => {
  it('is taken out of the SDK’s words', () => {
    const scrub = createScrubber(['abcdef1234567890', null, ''])
    assert.equal(
      scrub('token xoxb-12-34-abc, xapp-1-A1-2-ff and xoxe.xoxb-1-Mi0'),
      'token [secret], [secret] and [secret]',
    )
    assert.equal(scrub('POST https://hooks.slack.com/commands/T1/2/abc failed'), 'POST [secret] failed')
    assert.equal(scrub('wss://wss-primary.slack.com/link/?ticket=1&app_id=2'), '[secret]')
    assert.equal(scrub('signed with abcdef1234567890'), 'signed with [secret]')
    assert.equal(scrub('nothing here'), 'nothing here')
  })
})
