import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { applicationCommands } from '../../../src/chat/discord/commands.ts'
import { COMMANDS } from '../../../src/commands/registry.ts'
import type { View } from '../../../src/core/model/view.ts'
import { exampleViews } from '../../example-views.ts'
import { checkCommand } from '../../fakes/discord/command-rules.ts'
import type { JsonObject } from '../../fakes/discord/records.ts'
import { until } from '../../wait.ts'
import { cardOf, startRig, type Rig } from './rig.ts'

const VIEWS = exampleViews(Date.now())
const SECRET: View = { ...VIEWS.answer, title: 'A link for you alone', private: true }

describe('Discord’s slash commands', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig({ guilds: [{ name: 'team', channels: ['ops'], roles: { oncall: ['ada'] } }] })
  })
  after(async () => {
    await rig.stop()
    assert.deepEqual(rig.discord.violations(), [])
  })
  afterEach(() => {
    rig.asked.length = 0
    rig.discord.faults.clear()
    rig.answers = () => [VIEWS.status]
  })

  const promised = (): number => {
    const { messages, ephemerals } = rig.discord.channel('team', 'ops')
    return [...messages, ...ephemerals].filter(({ loading }) => loading).length
  }

  it('are registered in the guild, from the registry', () => {
    const [command] = rig.discord.commands('team')
    assert.equal(rig.discord.commands('team').length, 1)
    assert.equal(command?.['name'], 'spinup')
    const options = command?.['options'] as readonly {
      name: string
      type: number
      options: readonly { name: string }[]
    }[]
    assert.ok(options.length <= 25)
    const names = options.flatMap(({ name, type, options: inner }) =>
      type === 2 ? inner.map((one) => one.name) : [name],
    )
    assert.deepEqual(names.toSorted(), COMMANDS.map(({ name }) => name).toSorted())
  })

  it('have room for more of them than Discord has on one level, each with a description that ends', () => {
    const status = COMMANDS.find(({ name }) => name === 'status')
    assert.ok(status)
    const more = Array.from({ length: 10 }, (_, index) => ({ ...status, name: `more-${index}` as 'status' }))
    const [command] = applicationCommands([...COMMANDS, ...more])
    assert.ok(command)
    // As JSON, which is how it is sent.
    assert.deepEqual(checkCommand(JSON.parse(JSON.stringify(command)) as JsonObject), [])
    const text = JSON.stringify(command)
    for (const { name } of [...COMMANDS, ...more]) assert.ok(text.includes(`"name":"${name}"`), name)
    assert.doesNotMatch(JSON.stringify(applicationCommands(COMMANDS)), /…"/)
  })

  it('ask for no privileged intent', () => assert.deepEqual(rig.discord.gateway.intents(), [1]))

  it('reach the engine as the line they stand for, with who asked and from where', async () => {
    const asked = await rig.discord.type('team', 'ops', 'ada', 'pin', { count: 4, time: '2h', reason: 'launch day' })
    assert.equal(asked.failed, false)
    assert.deepEqual(rig.asked, [
      {
        request: { kind: 'pin', count: 4, forMs: 7_200_000, reason: 'launch day' },
        asker: {
          actor: { id: `discord:${rig.discord.userId('ada')}`, name: 'ada', platform: 'discord' },
          place: { platform: 'discord', channel: rig.discord.place('team', 'ops'), tenant: null },
          roles: [`discord:${rig.discord.role('team', 'oncall')}`],
        },
      },
    ])
    assert.equal(asked.replies.length, 1)
    assert.equal(asked.replies[0]?.onlyFor, null)
    assert.ok(asked.replies[0]?.isV2)
  })

  it('from a card’s thread are of its channel, and answered in the thread', async () => {
    await rig.chat().show(rig.discord.place('team', 'ops'), cardOf(VIEWS.episode))
    const thread = rig.discord.channel('team', 'ops').threads.at(-1)
    assert.ok(thread)
    const asked = await rig.discord.type('team', thread.of, 'ada', 'status')
    assert.equal(rig.asked[0]?.asker.place.channel, rig.discord.place('team', 'ops'))
    assert.equal(asked.replies[0]?.channelId, thread.of)
  })

  it('find the ones in a group', async () => {
    await rig.discord.type('team', 'ops', 'ada', 'fleet adopt', { droplet: 'web-4' })
    assert.deepEqual(rig.asked[0]?.request, { kind: 'adopt', droplet: 'web-4' })
  })

  it('show help, errors and secrets to the one who asked alone', async () => {
    const help = await rig.discord.type('team', 'ops', 'ada', 'help')
    assert.equal(help.replies[0]?.onlyFor, 'ada')
    const wrong = await rig.discord.type('team', 'ops', 'ada', 'pin', { count: 4, time: 'soon' })
    assert.equal(wrong.replies[0]?.onlyFor, 'ada')
    assert.match(wrong.replies[0]?.text ?? '', /soon/)
    rig.answers = () => [SECRET]
    const secret = await rig.discord.type('team', 'ops', 'ada', 'connect')
    assert.equal(secret.replies[0]?.onlyFor, 'ada')
  })

  it('are promised an answer when it takes longer, which those see whom it is for', async () => {
    let all: Promise<unknown> | null = null
    rig.answers = async ({ kind }) => {
      await (all ??= until(() => promised() === 4, { what: 'four promises' }))
      if (kind === 'status') return [SECRET, VIEWS.status]
      if (kind === 'why') return [SECRET]
      return kind === 'connect' ? [VIEWS.connect] : [VIEWS.cost]
    }
    const asked = await Promise.all(
      ['cost', 'status', 'why', 'connect'].map((name) => rig.discord.type('team', 'ops', 'ada', name)),
    )
    const seen = asked.map(({ replies }) => replies.map(({ onlyFor, text }) => [onlyFor, text.includes('alone')]))
    assert.deepEqual(seen, [
      [[null, false]],
      [
        [null, false],
        ['ada', true],
      ],
      [['ada', true]],
      [[null, false]],
    ])
    assert.ok(
      !rig.discord.channel('team', 'ops').messages.some(({ text, loading }) => loading || text.includes('alone')),
    )
  })

  it('whose answer is a card of its own say so to the one who asked, sooner or later', async () => {
    rig.answers = () => []
    const prompt = await rig.discord.type('team', 'ops', 'ada', 'up', { count: 1 })
    rig.answers = async () => {
      await until(() => promised() > 0, { what: 'the promise' })
      return []
    }
    const late = await rig.discord.type('team', 'ops', 'ada', 'up', { count: 1 })
    const unlikely = await rig.discord.type('team', 'ops', 'ada', 'resume')
    for (const { failed, replies } of [prompt, late, unlikely]) {
      assert.equal(failed, false)
      assert.deepEqual(
        replies.map(({ onlyFor }) => onlyFor),
        ['ada'],
      )
      assert.match(replies[0]?.text ?? '', /The card in the channel shows/)
    }
  })

  it('are answered in time where a call to Discord hangs', async () => {
    for (const view of [VIEWS.status, VIEWS.stats]) {
      rig.answers = () => [view]
      rig.discord.faults.add({ kind: 'hang', match: { path: /callback$/ } })
      const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
      // Without a deadline of its own the SDK gives the first call ten seconds.
      assert.ok((asked.acknowledgedAfterMs ?? Infinity) < 9000, `${asked.acknowledgedAfterMs} ms`)
      assert.equal(asked.replies[0]?.attachments.length, view.kind === 'stats' ? 1 : 0)
    }
  })

  it('offer what fits while one types', async () => {
    const { discord } = rig
    assert.deepEqual(await discord.complete('team', 'ops', 'ada', 'remove', 'member', 'web'), ['web-1', 'web-2'])
    assert.deepEqual(await discord.complete('team', 'ops', 'ada', 'remove', 'member', 'web-2'), ['web-2'])
    assert.deepEqual(await discord.complete('team', 'ops', 'ada', 'stats', 'stat', ''), ['cpu', 'queue_depth'])
    const settings = await discord.complete('team', 'ops', 'ada', 'policy', 'settings', 'target=50% ma')
    assert.ok(settings.every((text) => text.startsWith('target=50% ma')) && settings.length > 0)
    assert.deepEqual(await discord.complete('team', 'ops', 'ada', 'help', 'command', 'nonsense'), [])
  })

  it('answer once where the answer to the answer was lost, or Discord stumbled', async () => {
    for (const fault of [
      { kind: 'loseAnswer', match: { path: /callback$/ } },
      { kind: 'serverError', match: { path: /callback$/ }, times: 2 },
      { kind: 'reset', match: { path: /callback$/ } },
    ] as const) {
      rig.discord.faults.add(fault)
      const before = rig.discord.channel('team', 'ops').messages.length
      const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
      assert.equal(asked.failed, false, fault.kind)
      assert.equal(rig.discord.channel('team', 'ops').messages.length, before + 1, fault.kind)
    }
  })

  it('say it in words where Discord refuses the card', async () => {
    const path = /callback$/
    rig.discord.faults.add({
      kind: 'refused',
      status: 400,
      code: 50_035,
      message: 'Invalid Form Body',
      match: { path },
    })
    const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
    assert.equal(asked.replies.length, 1)
    assert.equal(asked.replies[0]?.components[0]?.['type'], 10)
    assert.ok(asked.replies[0]?.isV2)
  })

  it('show every kind of view within Discord’s limits, pictures with their alt texts', async () => {
    for (const view of Object.values(VIEWS)) {
      rig.answers = () => [view]
      const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
      assert.equal(asked.failed, false, view.kind)
      const replies = asked.replies
      assert.ok(replies.length > 0 && replies.every(({ isV2 }) => isV2), view.kind)
      if (!('chart' in view) || view.chart === null) continue
      const shown = replies.find(({ attachments }) => attachments.length > 0)
      assert.equal(shown?.attachments[0]?.contentType, 'image/png', view.kind)
      assert.ok((shown?.altTexts[0]?.length ?? 0) > 10, view.kind)
    }
  })

  it('let no name, reason or stat of anyone’s own call people or format anything', async () => {
    const evil = '@everyone <@1> **b** `c` [x](https://evil.example) \u202e'
    rig.answers = () => [{ ...VIEWS.answer, title: evil, text: evil, fields: [{ name: evil, value: evil }] }]
    const asked = await rig.discord.type('team', 'ops', '<@&2> @here *ada*', 'pin', { count: 3, reason: evil })
    const text = asked.replies[0]?.text ?? ''
    assert.ok(!text.includes('@everyone') && !text.includes('<@1>') && !/[^\\]\]\(/.test(text), text)
    const request = rig.asked[0]?.request
    assert.equal(request?.kind === 'pin' && request.reason.startsWith('@everyone'), true)
  })

  it('tell of a failure of Spinup’s own, and log no secret', async () => {
    rig.answers = () => {
      throw new Error('boom')
    }
    const asked = await rig.discord.type('team', 'ops', 'ada', 'status')
    assert.equal(asked.replies[0]?.onlyFor, 'ada')
    assert.ok(!rig.logged().includes(rig.discord.token))
    const tokens = rig.discord
      .exchanges()
      .flatMap(({ path }) => /(?:interactions|webhooks)\/\d+\/([^/]+)/.exec(path)?.[1] ?? [])
    assert.ok(tokens.length > 0 && !tokens.some((token) => rig.logged().includes(token)))
  })
})
