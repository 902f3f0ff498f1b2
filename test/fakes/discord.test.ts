import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { until } from '../wait.ts'
import { startDiscord, type DiscordOptions, type FakeDiscord } from './discord/discord.ts'
import { isObject, objects, type JsonObject } from './discord/records.ts'

const V2 = 1 << 15
const TEXT = { flags: V2, components: [{ type: 10, content: 'hello' }], allowed_mentions: { parse: [] } }

/** A bot that does only what a test says. */
function bot(discord: FakeDiscord) {
  const interactions: JsonObject[] = []
  const socket = new WebSocket(discord.url.replace('http', 'ws').replace('/api', '/?v=10&encoding=json'))
  socket.on('message', (raw: Buffer) => {
    const payload: unknown = JSON.parse(raw.toString())
    if (!isObject(payload)) return
    if (payload['op'] === 10) {
      socket.send(JSON.stringify({ op: 2, d: { token: discord.token, intents: 1, properties: {} } }))
    }
    if (payload['t'] === 'INTERACTION_CREATE' && isObject(payload['d'])) interactions.push(payload['d'])
  })
  return {
    interactions,
    close: () => socket.terminate(),
    async call(method: string, path: string, body?: unknown, authorised = true) {
      const response = await fetch(`${discord.url}/v10${path}`, {
        method,
        headers: {
          ...(authorised ? { authorization: `Bot ${discord.token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      })
      const text = await response.text()
      const parsed: unknown = text === '' ? {} : JSON.parse(text)
      return { status: response.status, headers: response.headers, body: isObject(parsed) ? parsed : {} }
    },
  }
}

const COMMAND = {
  name: 'spinup',
  type: 1,
  description: 'All of it',
  options: [{ type: 1, name: 'status', description: 'The pool now', options: [] }],
}

/** A stand-in with a bot that has its command. */
async function start(
  options: DiscordOptions,
): Promise<{ readonly discord: FakeDiscord; readonly client: ReturnType<typeof bot> }> {
  const discord = await startDiscord(options)
  const client = bot(discord)
  await until(() => discord.gateway.connected() === 1)
  const guild = discord.place('team', 'ops').split('/')[0] ?? ''
  await client.call('PUT', `/applications/${discord.applicationId}/guilds/${guild}/commands`, [COMMAND])
  return { discord, client }
}

/** Types a command; gives its interaction and what will come of it. */
async function typed(discord: FakeDiscord, client: ReturnType<typeof bot>) {
  const count = client.interactions.length
  const asked = discord.type('team', 'ops', 'ada', 'status')
  await until(() => client.interactions.length > count)
  const { id, token } = client.interactions.at(-1) ?? {}
  const callback = `/interactions/${String(id)}/${String(token)}/callback`
  return { asked, callback, webhook: `/webhooks/${discord.applicationId}/${String(token)}` }
}

describe('the stand-in for Discord', () => {
  let discord: FakeDiscord
  let client: ReturnType<typeof bot>
  before(async () => {
    const started = await start({ callbackMs: 20_000 })
    discord = started.discord
    client = started.client
  })
  after(async () => {
    client.close()
    await discord.stop()
  })
  const channel = (): string => discord.place('team', 'ops').split('/')[1] ?? ''
  const fresh = (): number => discord.violations().length
  const since = (before: number): string => discord.violations().slice(before).join('\n')

  it('takes one answer to an interaction', async () => {
    const before = fresh()
    const first = await typed(discord, client)
    assert.equal((await client.call('POST', first.callback, { type: 4, data: TEXT }, false)).status, 204)
    const twice = await client.call('POST', first.callback, { type: 4, data: TEXT }, false)
    assert.equal(twice.body['code'], 40_060)
    assert.equal((await first.asked).replies[0]?.text, 'hello')
    assert.equal(since(before), '')
  })

  it('takes none that comes too late, and knows a token for a while only', async () => {
    const hasty = await start({ callbackMs: 50 })
    const brief = await start({ callbackMs: 20_000, tokenMs: 1 })
    try {
      const late = await typed(hasty.discord, hasty.client)
      assert.equal((await late.asked).failed, true)
      const refused = await hasty.client.call('POST', late.callback, { type: 4, data: TEXT }, false)
      assert.equal(refused.body['code'], 10_062)
      const old = await typed(brief.discord, brief.client)
      await brief.client.call('POST', old.callback, { type: 4, data: TEXT }, false)
      await old.asked
      const edit = () => brief.client.call('PATCH', `${old.webhook}/messages/@original`, TEXT, false)
      await until(async () => (await edit()).body['code'] === 50_027, { what: 'the token to lapse' })
      assert.deepEqual([...hasty.discord.violations(), ...brief.discord.violations()], [])
    } finally {
      for (const { discord, client } of [hasty, brief]) {
        client.close()
        await discord.stop()
      }
    }
  })

  it('keeps the audience of a promise', async () => {
    const { asked, callback, webhook } = await typed(discord, client)
    await client.call('POST', callback, { type: 5, data: { flags: 64 } }, false)
    await client.call('POST', webhook, TEXT, false)
    assert.equal((await asked).replies[0]?.onlyFor, 'ada')
    await client.call('POST', webhook, TEXT, false)
    assert.deepEqual(
      (await asked).replies.map(({ onlyFor }) => onlyFor),
      ['ada', null],
    )
  })

  it('shows a message once that is sent twice with the same nonce', async () => {
    const before = discord.channel('team', 'ops').messages.length
    const body = { ...TEXT, nonce: 'once', enforce_nonce: true }
    const [one, two] = [
      await client.call('POST', `/channels/${channel()}/messages`, body),
      await client.call('POST', `/channels/${channel()}/messages`, body),
    ]
    assert.equal(one.body['id'], two.body['id'])
    assert.equal(discord.channel('team', 'ops').messages.length, before + 1)
  })

  it('refuses and reports what Discord would not take', async () => {
    const path = `/channels/${channel()}/messages`
    const cases: readonly (readonly [body: JsonObject, words: RegExp])[] = [
      [{ ...TEXT, content: 'and words' }, /content/],
      [{ ...TEXT, flags: 0 }, /components/],
      [{ flags: V2, components: TEXT.components }, /mention/],
      [{ ...TEXT, components: [{ type: 10, content: 'x'.repeat(4001) }] }, /4001/],
      [{ ...TEXT, components: [{ type: 12, items: [{ media: { url: 'attachment://no.png' } }] }] }, /no\.png/],
      [{ ...TEXT, components: [{ type: 1, components: twice('same') }] }, /same/],
    ]
    for (const [body, words] of cases) {
      const before = fresh()
      const refused = await client.call('POST', path, body)
      assert.equal(refused.status, 400, JSON.stringify(body).slice(0, 80))
      assert.match(since(before), words)
    }
    const before = fresh()
    const made = await client.call('POST', path, TEXT)
    const plain = { flags: 0, content: 'x', components: [], allowed_mentions: { parse: [] } }
    assert.equal((await client.call('PATCH', `${path}/${String(made.body['id'])}`, plain)).status, 400)
    assert.match(since(before), /IS_COMPONENTS_V2/)
  })

  it('refuses a command that is too large, or disorderly', async () => {
    const guild = discord.place('team', 'ops').split('/')[0] ?? ''
    const text = (name: string, required: boolean) => ({ type: 3, name, description: 'x'.repeat(100), required })
    const many = Array.from({ length: 25 }, (_, index) => text(`option${index}`, false))
    const large = {
      ...COMMAND,
      options: ['a', 'b', 'c', 'd'].map((name) => ({ ...COMMAND.options[0], name, options: many })),
    }
    const odd = { ...COMMAND, options: [text('one', false), text('two', true)] }
    for (const [command, words] of [
      [large, /of 8000 characters/],
      [odd, /required option after/],
    ] as const) {
      const before = fresh()
      const path = `/applications/${discord.applicationId}/guilds/${guild}/commands`
      assert.equal((await client.call('PUT', path, [command])).status, 400)
      assert.match(since(before), words)
    }
  })

  it('reports what the official document does not know', async () => {
    const before = fresh()
    await client.call('POST', `/channels/${channel()}/messages`, { ...TEXT, nonsense: true })
    if (discord.documented) assert.match(since(before), /nonsense is not in the document/)
  })

  it('has no token to lose', async () => {
    const before = fresh()
    const refused = await client.call('GET', '/users/@me', undefined, false)
    assert.equal(refused.status, 401)
    if (discord.documented) assert.match(since(before), /no bot token/)
  })

  it('sets a pace, one channel beside the other', async () => {
    // Long enough for any machine to make six calls.
    const pace = { requests: 5, perMs: 120_000 }
    const paced = await startDiscord({ pace, guilds: [{ name: 'team', channels: ['ops', 'other'] }] })
    const other = bot(paced)
    try {
      const send = (name: string) =>
        other.call('POST', `/channels/${paced.place('team', name).split('/')[1]}/messages`, TEXT)
      const answers = []
      for (let count = 0; count < 6; count++) answers.push(await send('ops'))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200, 200, 200, 429],
      )
      assert.ok(Number(answers[5]?.headers.get('retry-after')) > 0)
      assert.equal(answers[0]?.headers.get('x-ratelimit-remaining'), '4')
      assert.equal((await send('other')).status, 200)
      assert.deepEqual(paced.violations(), [])
    } finally {
      other.close()
      await paced.stop()
    }
  })

  it('lets nobody press or type what is not there', async () => {
    await assert.rejects(discord.type('team', 'ops', 'ada', 'launch'), /no command launch/)
    const made = await client.call('POST', `/channels/${channel()}/messages`, TEXT)
    const shown = discord.channel('team', 'ops').messages.find(({ id }) => id === made.body['id'])
    assert.ok(shown)
    await assert.rejects(discord.press(shown, 'Approve'), /shows no “Approve”/)
    assert.equal(objects(made.body['components']).length, 1)
  })
})

function twice(id: string): readonly JsonObject[] {
  return ['a', 'b'].map((label) => ({ type: 2, style: 1, label, custom_id: id }))
}
