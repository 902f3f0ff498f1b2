import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { SpinupError } from '../../../src/core/model/error.ts'
import { exampleViews } from '../../example-views.ts'
import { until } from '../../wait.ts'
import { cardOf, startRig, type Rig } from './rig.ts'

const VIEWS = exampleViews(Date.now())

/** A rig of a test’s own, and what must hold at its end. */
async function start(t: TestContext, options: Parameters<typeof startRig>[0] = {}): Promise<Rig> {
  const rig = await startRig(options)
  t.after(async () => {
    await rig.stop()
    assert.deepEqual(rig.discord.violations(), [])
    assert.ok(!rig.logged().includes(rig.discord.token))
  })
  return rig
}

// Each waits for what Discord and its SDK take their time with.
describe('Discord’s gateway', { concurrency: 3 }, () => {
  it('keeps its heartbeat, and notices when nothing beats back', async (t) => {
    const { discord } = await start(t, { heartbeatMs: 200 })
    await until(() => discord.gateway.heartbeats() >= 3, { what: 'three heartbeats' })
    const before = discord.gateway.resumed()
    discord.gateway.acknowledge(false)
    await until(() => discord.gateway.resumed() > before, { what: 'a new connection' })
    discord.gateway.acknowledge(true)
  })

  it('takes its session up again after a cut, and hears what was said meanwhile', async (t) => {
    const rig = await start(t)
    for (const [count, end] of [rig.discord.gateway.cut, rig.discord.gateway.askToReconnect].entries()) {
      end()
      const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
      assert.equal(asked.failed, false)
      await until(() => rig.discord.gateway.resumed() === count + 1, { what: 'the session' })
    }
    assert.equal(rig.discord.gateway.identified(), 1)
    assert.equal(rig.asked.length, 2)
  })

  it('is known to be away while it is, and comes back by itself', async (t) => {
    const rig = await start(t)
    const state = async (): Promise<string | undefined> =>
      (await rig.chat().checkUp?.(null))?.find(({ name }) => name === 'Discord gateway')?.state
    rig.discord.gateway.close(true)
    rig.discord.gateway.cut()
    await until(async () => (await state()) === 'failed', { what: 'the loss to be noticed' })
    rig.discord.gateway.close(false)
    await until(async () => (await state()) === 'ok', { what: 'the connection' })
    assert.equal((await rig.discord.type('team', 'ops', 'ada', 'status')).failed, false)
  })

  it('begins a new session when Discord ended the old one', async (t) => {
    const rig = await start(t)
    rig.discord.gateway.invalidate(false)
    await until(() => rig.discord.gateway.identified() === 2, { what: 'a new session', timeoutMs: 30_000 })
    const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
    assert.equal(asked.failed, false)
  })

  it('acts once on what it hears again', async (t) => {
    const rig = await start(t)
    const asked = await rig.discord.type('team', 'ops', 'ada', 'up')
    assert.equal(asked.replies.length, 1)
    rig.discord.gateway.repeat()
    await rig.discord.type('team', 'ops', 'ada', 'status')
    assert.deepEqual(
      rig.asked.map(({ request }) => request.kind),
      ['up', 'status'],
    )
  })

  it('is given up for good when Discord refuses the token, which is told nowhere', async (t) => {
    const rig = await start(t, { start: false })
    const wrong = 'wrong.token.of-somebody'
    const chat = await rig.another({ token: wrong })
    const error: unknown = await chat.start(rig.handlers).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof SpinupError && !error.retryable)
    assert.match(error.message, /DISCORD_TOKEN/)
    const posted: unknown = await chat
      .show(rig.discord.place('team', 'ops'), cardOf(VIEWS.cost))
      .catch((thrown: unknown) => thrown)
    assert.ok(posted instanceof SpinupError && !posted.retryable)
    assert.ok(!rig.logged().includes(wrong) && !JSON.stringify([error.message, error.stack]).includes(wrong))
  })

  it('is tried again when Discord is away, and posts before it hears', async (t) => {
    const rig = await start(t, { start: false })
    rig.discord.faults.add({ kind: 'serverError', match: { path: /gateway/ }, times: Infinity })
    const error: unknown = await rig
      .chat()
      .start(rig.handlers)
      .catch((thrown: unknown) => thrown)
    assert.ok(error instanceof SpinupError && error.retryable)
    await rig.chat().show(rig.discord.place('team', 'ops'), cardOf(VIEWS.cost))
    assert.equal(rig.discord.channel('team', 'ops').messages.length, 1)
    rig.discord.faults.clear()
    await rig.chat().start(rig.handlers)
    assert.equal((await rig.discord.type('team', 'ops', 'ada', 'status')).failed, false)
  })

  it('ends while it connects', async (t) => {
    const rig = await start(t, { start: false })
    rig.discord.faults.add({ kind: 'hang', match: { path: /gateway/ }, times: Infinity })
    const starting = rig
      .chat()
      .start(rig.handlers)
      .catch((thrown: unknown) => thrown)
    await until(() => rig.discord.exchanges().some(({ path }) => path.endsWith('/gateway/bot')))
    await rig.chat().stop()
    assert.ok((await starting) instanceof SpinupError)
    assert.equal(rig.discord.gateway.connected(), 0)
  })

  it('registers the commands again after Discord stumbled', async (t) => {
    const rig = await start(t, { start: false })
    rig.discord.faults.add({ kind: 'serverError', match: { method: 'PUT' }, times: 3 })
    await rig.chat().start(rig.handlers)
    assert.equal(rig.discord.commands('team').length, 0)
    await until(() => rig.discord.commands('team').length === 1, { what: 'the commands' })
  })

  it('says how to invite it where it is in no server', async (t) => {
    const rig = await start(t, { guilds: [] })
    const link = /https:\/\/discord\.com\/oauth2\/authorize\?[^"]+/.exec(rig.logged())?.[0] ?? ''
    const asked = new URL(link).searchParams
    assert.deepEqual(
      [asked.get('client_id'), asked.get('scope'), asked.get('permissions')],
      [rig.discord.applicationId, 'bot applications.commands', '309237746688'],
    )
    const lines = await rig.chat().checkUp?.(null)
    assert.ok(lines?.some(({ fix }) => fix?.includes(link)))
    rig.discord.addGuild({ name: 'late', channels: ['ops'] })
    await until(() => rig.discord.commands('late').length === 1, { what: 'the commands' })
    assert.equal((await rig.discord.type('late', 'ops', 'ada', 'status')).replies[0]?.onlyFor, null)
  })

  it('says so when it was removed from its server, and is whole again once it is back', async (t) => {
    const rig = await start(t)
    const place = rig.discord.place('team', 'ops')
    const channel = async (): Promise<string> => {
      const lines = await rig.chat().checkUp?.(place)
      return lines?.flatMap(({ detail, fix }) => [detail, fix ?? '']).join(' ') ?? ''
    }
    rig.discord.kick('team')
    await until(async () => (await channel()).includes('I was removed from that Discord server'))
    assert.match(await channel(), /Invite me again: https:\/\/discord\.com\/oauth2/)
    const refused: unknown = await rig
      .chat()
      .show(place, cardOf(VIEWS.cost))
      .catch((thrown: unknown) => thrown)
    assert.ok(refused instanceof SpinupError && refused.code === 'unauthorised')
    rig.discord.invite('team')
    await until(() => rig.discord.commands('team').length === 1, { what: 'the commands' })
    await rig.chat().show(place, cardOf(VIEWS.cost))
    assert.equal(rig.discord.channel('team', 'ops').messages.length, 1)
    assert.equal((await rig.discord.type('team', 'ops', 'ada', 'status')).failed, false)
    assert.match(await channel(), /I may post/)
  })

  it('serves the server it was in first, and tells the people of another one that it does not', async (t) => {
    const rig = await start(t)
    rig.discord.addGuild({ name: 'strangers', channels: ['lobby'] })
    await until(() => rig.discord.commands('strangers').length === 1, { what: 'the commands of a new server' })
    const asked = await rig.discord.type('strangers', 'lobby', 'mallory', 'up', { count: 3 })
    assert.equal(asked.replies[0]?.onlyFor, 'mallory')
    assert.match(asked.replies[0]?.text ?? '', /another Discord server/)
    assert.deepEqual(await rig.discord.complete('strangers', 'lobby', 'mallory', 'fleet remove', 'member', 'web'), [])
    await rig.restart()
    const again = await rig.discord.type('strangers', 'lobby', 'mallory', 'status')
    assert.match(again.replies[0]?.text ?? '', /another Discord server/)
    assert.deepEqual(rig.asked, [])
    assert.equal((await rig.discord.type('team', 'ops', 'ada', 'status')).replies[0]?.onlyFor, null)
  })
})

describe('a check-up of Discord', { concurrency: 3 }, () => {
  it('finds nothing wrong where nothing is', async (t) => {
    const rig = await start(t)
    const lines = await rig.chat().checkUp?.(rig.discord.place('team', 'ops'))
    assert.deepEqual(
      lines?.map(({ name, state, fix }) => [name, state, fix]),
      ['token', 'gateway', 'channel', 'commands', 'clock'].map((name) => [`Discord ${name}`, 'ok', null]),
    )
    const elsewhere = await rig.chat().checkUp?.(null)
    assert.equal(elsewhere?.find(({ name }) => name === 'Discord channel')?.state, 'skipped')
  })

  it('says of everything that is wrong what to do', async (t) => {
    const rig = await start(t, { clockAheadMs: 120_000, start: false })
    const channel = rig.discord.channelOf('team', 'ops')
    channel.denied = (1n << 15n) | (1n << 35n)
    rig.discord.faults.add({
      kind: 'refused',
      status: 403,
      code: 50_001,
      message: 'Missing Access',
      match: { method: 'PUT' },
    })
    await rig.chat().start(rig.handlers)
    const lines = await rig.chat().checkUp?.(rig.discord.place('team', 'ops'))
    const wrong = new Map(lines?.map(({ name, state, detail, fix }) => [name, `${state}: ${detail} ${fix}`]))
    assert.match(wrong.get('Discord channel') ?? '', /failed: .*“Attach Files”, “Create Public Threads”/)
    assert.match(
      wrong.get('Discord commands') ?? '',
      /failed: .*with commands this time: https:.*applications.commands/,
    )
    assert.match(wrong.get('Discord clock') ?? '', /failed: It is 1\d\d s off/)
    channel.denied = 1n << 10n
    const hidden = await rig.chat().checkUp?.(rig.discord.place('team', 'ops'))
    assert.match(hidden?.find(({ name }) => name === 'Discord channel')?.fix ?? '', /View Channel/)
    await rig.chat().stop()
    rig.discord.faults.add({ kind: 'serverError', times: Infinity })
    const gone = await rig.chat().checkUp?.(null)
    assert.equal(gone?.find(({ name }) => name === 'Discord gateway')?.state, 'failed')
    assert.match(gone?.find(({ name }) => name === 'Discord token')?.fix ?? '', /discordstatus/)
  })
})
