import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { startChats } from '../../../src/chats.ts'
import { parseLine } from '../../../src/commands/dispatch/line.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { createPlatforms } from '../../../src/core/model/platforms.ts'
import { SLACK } from '../../../src/chat/slack/entry.ts'
import { createOutbox } from '../../../src/store/outbox.ts'
import { createSubscriptions, createTeamSettings, newSubscription } from '../../../src/store/subscriptions.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../../fakes/slack/slack.ts'
import { startTestRedis, type TestRedis } from '../../redis.ts'
import { until } from '../../wait.ts'
import { answer, card, said, startRig, type Rig } from './rig.ts'

describe('Slack in bad weather', () => {
  let server: TestRedis
  let redis: Redis
  let slack: FakeSlack
  let rig: Rig
  let ops: string
  before(async () => {
    server = await startTestRedis()
    redis = await server.connect()
  })
  after(() => server.stop())
  beforeEach(async () => {
    await server.flush()
    slack = await startSlack()
    ops = `${HOME_TEAM}/${slack.workspace().channel('ops').id}`
    rig = await startRig({ slack, redis })
  })
  afterEach(async () => {
    await rig.stop()
    await slack.close()
  })

  const posts = (): number => slack.calls.filter(({ method }) => method === 'chat.postMessage').length
  const failure = async (id: string): Promise<SpinupError> => {
    const error: unknown = await rig.chat.show(ops, card(id, 1, answer('hello'))).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof SpinupError, String(error))
    return error
  }
  const alone = (): string =>
    slack
      .channel('ops')
      .ephemerals.map((one) => said(one))
      .join('\n')

  it('gives what it does not know a few tries, then plainer words, then up, with what to do', async () => {
    const unknown = [
      'blocked_by_policy',
      'canvas_disabled',
      'channel_type_not_supported',
      'draft_has_conflict',
      'duplicate_message_not_found',
      'enterprise_quota',
      'external_channel_denied',
      'feature_not_enabled',
      'file_uploads_disabled',
      'frozen_team',
      'invalid_scheduling_time',
      'posting_limit',
    ]
    const errors = await Promise.all(
      unknown.map(async (code, index) => {
        slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: code, times: Infinity })
        return index === 0 ? ([code, await failure(code)] as const) : null
      }),
    )
    const [code, error] = errors[0]!
    assert.equal(error.code, 'chatFailed')
    assert.equal(error.retryable, false)
    assert.match(error.message, new RegExp(`${code}.*docs\\.slack\\.dev.*/spinup doctor`, 's'))
    assert.ok(posts() > 3 && posts() <= 9, `${posts()} tries`)
    slack.faults.clear()
    for (const other of unknown.slice(1)) {
      const before = posts()
      slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: other, times: 2 })
      await rig.chat.show(ops, card(other, 1, answer('hello')))
      assert.equal(posts() - before, 3, other)
    }
  })

  it('is not asked again for what only people can change', async () => {
    for (const [code, remedy] of [
      ['message_limit_exceeded', /plan/],
      ['no_permission', /admin/],
      ['two_factor_setup_required', /two-factor/],
      ['accesslimited', /network/],
      ['method_deprecated', /Update Spinup/],
    ] as const) {
      slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: code })
      const before = posts()
      const error = await failure(code)
      assert.equal(error.code, 'unauthorised')
      assert.match(error.message, remedy)
      assert.equal(posts() - before, 1, code)
    }
  })

  it('is left alone where it says so in words instead of a 429', async () => {
    for (const code of ['ratelimited', 'rate_limited']) {
      slack.faults.add({ method: 'chat.postMessage', kind: 'error', error: code })
      const { retryable, retryAfterMs } = await failure(code)
      assert.deepEqual([retryable, (retryAfterMs ?? 0) > 0], [true, true])
    }
  })

  it('shows a card without the picture that it refuses, with its thread', async () => {
    for (const [index, code] of [
      'slack_connect_file_upload_sharing_blocked',
      'file_not_found',
      'odd_picture',
    ].entries()) {
      slack.faults.add({
        method: 'chat.postMessage',
        kind: 'error',
        error: code,
        times: code === 'odd_picture' ? 3 : 1,
      })
      await rig.chat.show(ops, card(code, 1, answer('hello')))
      assert.equal(slack.cards('ops').length, index + 1)
    }
  })

  it('takes a page with 200 for weather, and blames no token', async () => {
    slack.faults.add({ method: 'chat.postMessage', kind: 'page' })
    const error = await failure('c1')
    assert.equal(error.retryable, true)
    assert.doesNotMatch(error.message, /invalid_auth|token|install|html/i)
    await rig.chat.show(ops, card('c1', 1, answer('hello')))
    assert.equal(slack.cards('ops').length, 1)
  })

  it('that repeats a change minutes later is told that nothing was done; what only looks is answered', async () => {
    await slack.people.mention('scale 3', { agoS: 300 })
    await until(() => alone().includes('too late'), { what: 'a word of it' })
    await slack.people.mention('please pin 3 for 2h', { agoS: 61 })
    await slack.people.mention('status', { agoS: 300 })
    await until(() => rig.script.asked.commands.length === 1)
    assert.deepEqual(
      rig.script.asked.commands.map(({ text }) => text),
      ['status'],
    )
  })

  it('that brings a press late does nothing, and says so', async () => {
    const button = { action: 'approve:4f1a', label: 'Yes', style: 'plain' } as const
    await rig.chat.show(ops, card('c1', 1, answer('question', { actions: [button] })))
    const message = slack.cards('ops')[0]
    assert.ok(message)
    await slack.people.press(message, 'Yes', { agoS: 20 })
    await until(() => alone().includes('too late'), { what: 'a word of it' })
    assert.deepEqual(rig.script.asked.actions, [])
    await slack.people.press(message, 'Yes')
    await until(() => rig.script.asked.actions.length === 1)
  })

  it('is not served with changes by a process that slept past its patience; they can be typed again', async () => {
    const until3200 = performance.now() + 3200
    while (performance.now() < until3200);
    await slack.people.type('scale 3')
    await until(() => alone().includes('too late'), { what: 'a word of it' })
    assert.deepEqual(rig.script.asked.commands, [])
    await until(async () => {
      await slack.people.type('scale 3')
      return rig.script.asked.commands.length > 0
    })
  })

  it('names people and groups so that settings take them, in lines and in mentions', async () => {
    const platforms = createPlatforms([SLACK])
    const lines = [
      ['policy approvers=<@U061F7AUR|ada>', ['slack:U061F7AUR']],
      ['policy approvers=<!subteam^S0614TZR7|@ops>', ['slack:S0614TZR7']],
      [
        'policy approvers=<@U061F7AUR|Ada Lovelace>,<!subteam^S0614TZR7|@on call>',
        ['slack:U061F7AUR', 'slack:S0614TZR7'],
      ],
      ['policy approvers = <@U061F7AUR>, <@W071F7AUR> quorum=2', ['slack:U061F7AUR', 'slack:W071F7AUR']],
      ['policy approvers=<@U061F7AUR> and <@U071F7AUR>', ['slack:U061F7AUR', 'slack:U071F7AUR']],
    ] as const
    for (const [line] of lines) {
      await slack.people.type(line)
      await slack.people.mention(line)
    }
    await until(() => rig.script.asked.commands.length === 2 * lines.length)
    const read = rig.script.asked.commands.map(({ text }) => {
      const parsed = parseLine(text, Date.now())
      assert.ok(parsed.kind === 'request' && parsed.request.kind === 'policy', text)
      return (parsed.request.changes['approvers'] ?? '').split(/[\s,]+/).map((word) => platforms.read(word))
    })
    const sorted = (all: readonly unknown[]): readonly string[] => all.map((one) => JSON.stringify(one)).toSorted()
    assert.deepEqual(sorted(read), sorted([...lines, ...lines].map(([, people]) => people)))
  })

  it('that gives a channel another id is followed, with what is set, what waits and what is shown', async () => {
    const [before, after] = [ops, `${HOME_TEAM}/${slack.workspace().channel('dev').id}`]
    const place = { platform: 'slack', channel: before, tenant: null }
    const [subscriptions, team, outbox] = [createSubscriptions(redis), createTeamSettings(redis), createOutbox(redis)]
    await subscriptions.change(place, () => ({ ...newSubscription(place), pools: ['web'], level: 'trouble' }))
    await team.use(place, 'web')
    await outbox.put(`slack:${before}`, 'waiting', answer('later'), Date.now())
    await rig.chat.show(before, card('c1', 1, answer('one')))
    const event = { type: 'channel_id_changed', new_channel_id: after.split('/')[1] }
    await slack.people.event({ ...event, old_channel_id: before.split('/')[1], event_ts: '1.1' })
    const moved = { ...place, channel: after }
    await until(async () => (await subscriptions.get(moved))?.level === 'trouble', { what: 'the settings' })
    assert.equal(await subscriptions.get(place), null)
    await until(async () => (await team.usedIn(moved)) === 'web' && (await team.usedIn(place)) === null)
    await until(async () => (await outbox.waiting()).join() === `slack:${after}`, { what: 'what waits' })
    await until(async () => (await rig.shownCard(after, 'c1'))?.extra['channel'] === after.split('/')[1])
    assert.equal(await rig.shownCard(before, 'c1'), null)
  })

  it('that refuses the app’s token later is reported, and heard again once it takes it', async () => {
    const other = await startRig({ slack, redis, start: false })
    const heard: (SpinupError | null)[] = []
    const chats = startChats([other.chat], other.script, {
      hearing: async (_chat, trouble) => void heard.push(trouble),
      log: pino({ level: 'silent' }),
      refusedRestMs: 100,
    })
    try {
      await until(() => heard.length === 1, { what: 'the connection' })
      const both = async (): Promise<boolean> =>
        (await other.chat.checkUp?.(null))?.some(({ detail }) => detail.startsWith('2 of 2')) === true
      await until(both, { what: 'both connections' })
      slack.faults.add({ method: 'apps.connections.open', kind: 'error', error: 'token_revoked', times: Infinity })
      slack.socket.drop()
      await until(() => heard.some((trouble) => trouble !== null), { what: 'the trouble' })
      assert.match(heard.find((trouble) => trouble !== null)?.message ?? '', /SLACK_APP_TOKEN/)
      slack.faults.clear()
      await until(() => heard.at(-1) === null, { what: 'the connection again' })
    } finally {
      await chats.stop()
      await other.stop()
    }
  })
})
