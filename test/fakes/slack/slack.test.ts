import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../../src/chat/slack/options.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from './slack.ts'

/** Straight calls, as any client would make them. */
describe('the stand-in of Slack', () => {
  let slack: FakeSlack
  let token: string
  let channel: string
  before(async () => {
    slack = await startSlack()
    token = slack.install(HOME_TEAM, [...REQUIRED_SCOPES, ...WISHED_SCOPES]).text
    channel = slack.workspace().channel('ops').id
  })
  after(() => slack.close())
  beforeEach(() => slack.faults.clear())
  afterEach(() => {
    slack.state.pace = null
    slack.state.triggerMs = 3000
  })
  const call = async (method: string, body: Readonly<Record<string, string>>, as = token): Promise<Response> =>
    fetch(`${slack.apiUrl}/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}` },
      body: new URLSearchParams(body),
    })
  const json = async (response: Promise<Response>): Promise<Readonly<Record<string, unknown>>> =>
    (await (await response).json()) as Readonly<Record<string, unknown>>
  const image = (id: string): string => JSON.stringify([{ type: 'image', slack_file: { id }, alt_text: 'a chart' }])

  it('knows tokens and what they may', async () => {
    assert.equal((await json(call('auth.test', {}, 'xoxb-nobody')))['error'], 'invalid_auth')
    const poor = slack.install(HOME_TEAM, ['commands']).text
    const refused = await json(call('chat.postMessage', { channel, text: 'x' }, poor))
    assert.deepEqual([refused['error'], refused['needed']], ['missing_scope', 'chat:write'])
    const known = await call('auth.test', {})
    assert.match(known.headers.get('x-oauth-scopes') ?? '', /chat:write/)
    assert.equal(((await known.json()) as { team_id: string }).team_id, HOME_TEAM)
  })

  it('shows a file only once it was looked through', async () => {
    const place = await json(call('files.getUploadURLExternal', { filename: 'a.png', length: '3' }))
    await fetch(String(place['upload_url']), { method: 'POST', body: 'png' })
    const id = String(place['file_id'])
    const post = async (): Promise<unknown> =>
      (await json(call('chat.postMessage', { channel, text: 'x', blocks: image(id) })))['ok']
    assert.equal(await post(), false)
    await call('files.completeUploadExternal', { files: JSON.stringify([{ id }]) })
    assert.equal(await post(), false)
    const first = (await json(call('files.info', { file: id })))['file'] as { mimetype: string }
    assert.equal(first.mimetype, '')
    const second = (await json(call('files.info', { file: id })))['file'] as { mimetype: string }
    assert.equal(second.mimetype, 'image/png')
    assert.equal(await post(), true)
  })

  it('takes so many posts of a channel and then asks for a pause', async () => {
    slack.state.pace = { everyMs: 1000, burst: 2 }
    const dev = slack.workspace().channel('dev').id
    const posts = await Promise.all([1, 2, 3].map(() => call('chat.postMessage', { channel: dev, text: 'x' })))
    assert.deepEqual(posts.map(({ status }) => status).toSorted(), [200, 200, 429])
    assert.equal(posts.find(({ status }) => status === 429)?.headers.get('retry-after'), '1')
  })

  it('leaves metadata out of the history unless it is asked for', async () => {
    await call('chat.postMessage', {
      channel,
      text: 'm',
      metadata: JSON.stringify({ event_type: 'x', event_payload: { a: 1 } }),
    })
    const bare = JSON.stringify(await json(call('conversations.history', { channel })))
    const whole = JSON.stringify(await json(call('conversations.history', { channel, include_all_metadata: 'true' })))
    assert.doesNotMatch(bare, /event_payload/)
    assert.match(whole, /event_payload/)
  })

  it('a command nobody hears fails before the person’s eyes', async () => {
    const delivered = await slack.people.type('status')
    assert.deepEqual([delivered.acked, delivered.error], [false, 'dispatch_failed'])
  })

  it('a response_url is good for five messages', async () => {
    await slack.people.type('status')
    const id = [...slack.state.responseUrls.keys()].at(-1)!
    const send = async (): Promise<number> =>
      (await fetch(`${slack.state.origin}/response/${id}`, { method: 'POST', body: '{"text":"x"}' })).status
    const answers: number[] = []
    for (let turn = 0; turn < 6; turn++) answers.push(await send())
    assert.deepEqual(answers, [200, 200, 200, 200, 200, 404])
  })

  it('a trigger opens one form, in time', async () => {
    const view = JSON.stringify({ type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] })
    const open = async (): Promise<unknown> => {
      const trigger = [...slack.state.triggers.keys()].at(-1)!
      return (await json(call('views.open', { trigger_id: trigger, view })))['error'] ?? 'opened'
    }
    await slack.people.type('status')
    assert.deepEqual([await open(), await open()], ['opened', 'exchanged_trigger_id'])
    await slack.people.type('status')
    slack.state.triggerMs = 0
    assert.equal(await open(), 'expired_trigger_id')
  })
})

describe('a breach of Block Kit', () => {
  it('is refused, and fails whoever closes the stand-in', async () => {
    const slack = await startSlack()
    const token = slack.install(HOME_TEAM).text
    const response = await fetch(`${slack.apiUrl}/chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({
        channel: slack.workspace().channel('ops').id,
        text: 'x',
        blocks: JSON.stringify([{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }]),
      }),
    })
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_blocks')
    await assert.rejects(slack.close(), /would not have shown/)
  })
})
