import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startChats } from '../../../src/chats.ts'
import { SpinupError } from '../../../src/core/model/error.ts'
import { pino } from 'pino'
import { keys } from '../../../src/store/keys.ts'
import { exampleViews } from '../../example-views.ts'
import type { FaultSpec } from '../../fakes/discord/faults.ts'
import { PERMISSIONS } from '../../fakes/discord/records.ts'
import { until } from '../../wait.ts'
import { cardOf, startRig, type Rig } from './rig.ts'

const VIEWS = exampleViews(Date.now())

async function start(t: TestContext, options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  const rig = await startRig(options)
  t.after(() => rig.stop())
  return rig
}

/** What the channel shows last, in words. */
const lastIn = (rig: Rig): string => rig.discord.channel('team', 'ops').messages.at(-1)?.text ?? ''
const kinds = (rig: Rig): readonly string[] => rig.asked.map(({ request }) => request.kind)

const CALLBACK = { method: 'POST', path: /\/callback$/ }
const ALWAYS = { match: CALLBACK, times: Infinity }

describe('what Discord says has failed', { concurrency: 3 }, () => {
  it('is not done: a bot that slept past Discord’s patience says so in a message of its own', async (t) => {
    const rig = await start(t, { callbackMs: 1 })
    const asked = await rig.discord.type('team', 'ops', 'ada', 'up', { count: 2 })
    assert.equal(asked.failed, true)
    await until(() => lastIn(rig) !== '', { what: 'a word of it' })
    assert.match(lastIn(rig), /ada.*up 2.*nothing was done/s)
    assert.deepEqual(kinds(rig), [])
  })

  const refusals: Readonly<Record<string, FaultSpec>> = {
    'unknown to Discord': { ...ALWAYS, kind: 'refused', status: 404, code: 10_062, message: 'Unknown interaction' },
    'refused for its form': { ...ALWAYS, kind: 'refused', status: 400, code: 50_035, message: 'Invalid Form Body' },
    'answered with a page': { ...ALWAYS, kind: 'page', status: 403 },
    'lost in a server that fails': { ...ALWAYS, kind: 'serverError', status: 503 },
  }
  for (const [what, fault] of Object.entries(refusals)) {
    it(`is not done where the acknowledgement is ${what}`, async (t) => {
      const rig = await start(t, { callbackMs: 4000 })
      rig.discord.faults.add(fault)
      assert.equal((await rig.discord.type('team', 'ops', 'ada', 'down')).failed, true)
      await until(() => lastIn(rig) !== '', { what: 'a word of it' })
      assert.match(lastIn(rig), /nothing was done/)
      assert.deepEqual(kinds(rig), [])
    })
  }

  it('is not done by a button or a form either', async (t) => {
    const rig = await start(t, { callbackMs: 4000 })
    rig.answers = () => [
      {
        ...VIEWS.answer,
        actions: [
          { action: 'approve:4f1a', label: 'Yes', style: 'plain' },
          { action: 'ask:deny:4f1a', label: 'No', style: 'plain' },
          {
            action: `run:/spinup policy calendar="${'mon-fri 08:00-18:00 min=4; '.repeat(6).trim()}"`,
            label: 'Long',
            style: 'plain',
          },
        ],
      },
    ]
    const { replies } = await rig.discord.type('team', 'ops', 'ada', 'status')
    const message = replies[0]
    assert.ok(message)
    const form = await rig.discord.press(message, 'No')
    rig.asked.length = 0
    rig.discord.faults.add({ ...ALWAYS, kind: 'refused', status: 404, code: 10_062, message: 'Unknown interaction' })
    assert.equal((await rig.discord.press(message, 'Yes')).failed, true)
    assert.equal((await rig.discord.press(message, 'Long')).failed, true)
    assert.equal((await rig.discord.submit(form, { 'Why?': 'no need' })).failed, true)
    assert.deepEqual(kinds(rig), [])
  })

  it('is done once where only the acknowledgement’s answer was lost', async (t) => {
    const rig = await start(t)
    rig.discord.faults.add({ kind: 'loseAnswer', match: CALLBACK })
    const asked = await rig.discord.type('team', 'ops', 'ada', 'up')
    assert.equal(asked.failed, false)
    assert.deepEqual(kinds(rig), ['up'])
  })

  it('and an answer that cannot arrive any more comes as a message of the bot’s own', async (t) => {
    const rig = await start(t, { answerMs: 5000 })
    rig.discord.faults.add({
      kind: 'refused',
      status: 401,
      code: 50_027,
      message: 'Invalid Webhook Token',
      match: { path: /\/webhooks\// },
      times: Infinity,
    })
    const asked = rig.discord.type('team', 'ops', 'ada', 'up')
    await until(() => lastIn(rig) !== '', { what: 'a word of it' })
    assert.match(lastIn(rig), /ada.*did not reach you.*\/spinup history/s)
    assert.deepEqual(kinds(rig), ['up'])
    asked.catch(() => undefined)
  })
})

describe('an answer that was promised', { concurrency: 3 }, () => {
  it('by a bot that died is given by the next, or by another that lives', async (t) => {
    const never = Promise.withResolvers<never>()
    t.after(() => never.reject(new Error('it is over')))
    const rig = await start(t)
    const second = await rig.another()
    rig.answers = () => never.promise
    const asked = rig.discord.type('team', 'ops', 'ada', 'up')
    await until(() => rig.asked.length === 1)
    await second.start(rig.handlers)
    // As if it had died: nothing of it is known any more but what it kept.
    const redis = await rig.redis.connect()
    const [[id, text] = ['', '{}']] = Object.entries(await redis.hgetall(keys.promises('discord')))
    const old = { ...(JSON.parse(text) as { at: number }), at: Date.now() - 11_000 }
    await redis.hset(keys.promises('discord'), id, JSON.stringify(old))
    const { replies } = await asked
    assert.match(replies[0]?.text ?? '', /restarted.*\/spinup history/s)
    assert.deepEqual(await redis.hgetall(keys.promises('discord')), {})
  })

  it('is kept nowhere any more once it is given, or could not be begun', async (t) => {
    const rig = await start(t, { callbackMs: 4000 })
    const redis = await rig.redis.connect()
    await rig.discord.type('team', 'ops', 'ada', 'up')
    rig.discord.faults.add({ ...ALWAYS, kind: 'refused', status: 404, code: 10_062, message: 'Unknown interaction' })
    await rig.discord.type('team', 'ops', 'ada', 'down')
    await until(async () => (await redis.hlen(keys.promises('discord'))) === 0)
    assert.deepEqual(kinds(rig), ['up'])
  })
})

describe('Discord in bad weather', { concurrency: 3 }, () => {
  it('that refuses the token once is asked once more, and refuses for as long as it does', async (t) => {
    const rig = await start(t)
    const place = rig.discord.place('team', 'ops')
    const once: FaultSpec = {
      kind: 'refused',
      status: 401,
      code: 0,
      message: '401: Unauthorized',
      match: { path: /\/messages/ },
    }
    rig.discord.faults.add(once)
    await rig.chat().show(place, cardOf(VIEWS.cost, 1, 'first'))
    rig.discord.faults.add({ ...once, times: Infinity })
    const refused: unknown = await rig
      .chat()
      .show(place, cardOf(VIEWS.cost, 1, 'second'))
      .catch((error: unknown) => error)
    assert.ok(refused instanceof SpinupError && refused.code === 'unauthorised')
    rig.discord.faults.clear()
    await rig.chat().show(place, cardOf(VIEWS.cost, 1, 'second'))
    assert.equal(rig.discord.channel('team', 'ops').messages.length, 2)
  })

  for (const [status, type] of [
    [200, 'text/html'],
    [200, 'application/json'],
    [401, 'text/html'],
    [403, 'text/html'],
    [403, 'application/json'],
    [400, 'text/html'],
  ] as const) {
    it(`takes a page (${status}, ${type}) for weather, and blames no token`, async (t) => {
      const rig = await start(t)
      const place = rig.discord.place('team', 'ops')
      rig.discord.faults.add({ kind: 'page', status, type, match: { path: /\/messages/ }, times: Infinity })
      const error: unknown = await rig
        .chat()
        .show(place, cardOf(VIEWS.cost))
        .catch((thrown: unknown) => thrown)
      assert.ok(error instanceof SpinupError && error.retryable && error.code === 'chatFailed', String(error))
      assert.doesNotMatch(error.message, /token/i)
      rig.discord.faults.clear()
      await rig.chat().show(place, cardOf(VIEWS.cost))
      assert.equal(rig.discord.channel('team', 'ops').messages.length, 1)
    })
  }

  for (const [code, words] of [
    [4004, /refuses the bot’s token/],
    [4014, /refuses the events/],
    [4013, /refuses the events/],
    [4012, /Update Spinup/],
  ] as const) {
    it(`that ends a running connection (${code}) is reported, tried again, and heard again`, async (t) => {
      const rig = await start(t, { start: false })
      const heard: (SpinupError | null)[] = []
      const hearing = async (_chat: unknown, trouble: SpinupError | null): Promise<void> => void heard.push(trouble)
      const chats = startChats([rig.chat()], rig.handlers, {
        hearing,
        log: pino({ level: 'silent' }),
        refusedRestMs: 50,
      })
      t.after(() => chats.stop())
      await until(() => heard.length === 1, { what: 'the connection' })
      rig.discord.gateway.refuse(code)
      await until(() => heard.some((trouble) => trouble !== null), { what: 'the trouble' })
      assert.match(heard.find((trouble) => trouble !== null)?.message ?? '', words)
      rig.discord.gateway.refuse(null)
      await until(() => heard.at(-1) === null, { what: 'the connection again', timeoutMs: 60_000 })
      assert.equal((await rig.discord.type('team', 'ops', 'ada', 'status')).failed, false)
    })
  }

  it('that says what nobody understands ends nothing', async (t) => {
    const rig = await start(t)
    for (const data of [{}, { id: '1' }, { id: '1', type: 3, data: { custom_id: 4 } }]) {
      rig.discord.gateway.dispatch('INTERACTION_CREATE', data)
      rig.discord.gateway.dispatch('GUILD_CREATE', data)
    }
    assert.equal((await rig.discord.type('team', 'ops', 'ada', 'status')).failed, false)
  })

  it('where a permission lacks, says so with the first answer, once, and before a card fails', async (t) => {
    const rig = await start(t)
    rig.discord.channelOf('team', 'ops').denied = PERMISSIONS.attachFiles
    const first = await rig.discord.type('team', 'ops', 'ada', 'status')
    await until(() => first.replies.length === 2, { what: 'the note' })
    assert.match(first.replies[1]?.text ?? '', /lack “Attach Files”.*page “Permissions”/s)
    assert.equal(first.replies[1]?.onlyFor, 'ada')
    const second = await rig.discord.type('team', 'ops', 'ada', 'up')
    assert.equal(second.replies.length, 1)
  })
})
