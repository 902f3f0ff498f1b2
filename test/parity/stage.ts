import { parseLine } from '../../src/commands/dispatch/line.ts'
import { createHandlers } from '../../src/commands/dispatch/handlers.ts'
import { COMMANDS, type Request, type RequestKind } from '../../src/commands/registry.ts'
import type { CommandWords } from '../../src/chat/grammar.ts'
import { createConsoleChat } from '../../src/chat/console/chat.ts'
import { openChats } from '../../src/chats.ts'
import { createConsoleClient } from '../../src/cli/console-client.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { View } from '../../src/core/model/view.ts'
import { CHATS } from '../../src/registry/registry.ts'
import { createConsolePeople } from '../../src/store/console-people.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { createVault } from '../../src/store/vault.ts'
import { createChatRoutes } from '../../src/web/chat-routes.ts'
import { serve } from '../web/serve.ts'
import { PNG } from '../chat/discord/rig.ts'
import { startDiscord } from '../fakes/discord/discord.ts'
import { HOME_TEAM, startSlack } from '../fakes/slack/slack.ts'
import { quiet, startTestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import type { Typed } from './lines.ts'
import type { Cell } from './views.ts'

export const PLATFORMS = ['Slack', 'Discord', 'console'] as const
type Platform = (typeof PLATFORMS)[number]

const NOW = Date.UTC(2026, 0, 15, 12)
const CHANNEL = 'ops'
const GUILD = 'acme'

/** The real adapters with their real SDKs, the real grammar and Redis; the platforms stand in, and so does the engine. */
export interface Stage {
  /** A card on its way: it is sent, taken as it is, and edited in place, with its picture. */
  show(platform: 'Slack' | 'Discord', view: View): Promise<Cell>
  /** A command that is typed: it arrives as it was meant, and its answer is seen. */
  drive(platform: Platform, kind: RequestKind, typed: Typed): Promise<Cell>
  /** Discord’s official document is at hand, and every exchange is held against it. */
  readonly documented: boolean
  /** What a platform would not have taken, or would not have sent. */
  violations(): readonly string[]
  stop(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const server = await startTestRedis()
  const redis = await server.connect()
  const slack = await startSlack({ workspaces: [{ team: HOME_TEAM, name: 'Acme', channels: [CHANNEL] }] })
  // How fast a machine is, is shown elsewhere.
  const discord = await startDiscord({ guilds: [{ name: GUILD, channels: [CHANNEL] }], callbackMs: 20_000 })
  const config = readConfig({
    SLACK_API_URL: slack.apiUrl,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_BOT_TOKEN: slack.install(HOME_TEAM).text,
    DISCORD_API_URL: discord.url,
    DISCORD_TOKEN: discord.token,
  })
  const heard: Request[] = []
  let marks = 0
  const handlers = createHandlers({
    perform: async (request) => {
      heard.push(request)
      return [answer(`Answer number ${++marks}.`)]
    },
    form: async () => ({ title: 'Form', submit: 'Send', fields: [] }),
    home: async () => [],
    facts: async () => ({ pools: [], members: ['web-1', 'web-2'], stats: ['cpu'] }),
    now: () => NOW,
    failed: (error) => {
      throw error
    },
  })
  const charts = { png: async () => PNG }
  const chats = await openChats(config, CHATS, {
    redis,
    charts,
    vault: createVault(redis, 'a secret of the parity test'),
    chatRoutes: createChatRoutes([]),
    publicUrl: 'http://127.0.0.1',
    now: Date.now,
    log: quiet,
  })
  const page = createConsoleChat({ log: createConsoleLog(redis) })
  for (const chat of [page, ...chats]) await chat.start(handlers)
  const web = await serve({
    host: '127.0.0.1',
    port: 0,
    console: page,
    live: async () => [],
    charts,
    people: createConsolePeople(redis),
    secret: 'a secret of the parity test',
    log: quiet,
  })
  const browser = createConsoleClient(web.url, 'Ada')

  const seen: Readonly<Record<Platform, () => Promise<string>>> = {
    Slack: async () => {
      const { messages, ephemerals } = slack.channel(CHANNEL)
      return [...messages, ...ephemerals].map((one) => `${one.text} ${JSON.stringify(one.blocks)}`).join('\n')
    },
    Discord: async () => {
      const { messages, ephemerals } = discord.channel(GUILD, CHANNEL)
      return [...messages, ...ephemerals].map(({ text }) => text).join('\n')
    },
    console: async () => JSON.stringify((await browser.after(0)).messages),
  }
  const type: Readonly<Record<Platform, (kind: RequestKind, typed: Typed) => Promise<unknown>>> = {
    Slack: (_kind, [line]) => slack.people.type(line, { channel: CHANNEL }),
    Discord: (kind, [, options]) => {
      const command = commandOf(kind)
      const { name, group } = command
      return discord.type(
        GUILD,
        CHANNEL,
        'ada',
        group === undefined ? name : `${group} ${name}`,
        asTyped(command, options),
      )
    },
    console: (_kind, [line]) => browser.say(line),
  }
  const shownOn = {
    Slack: { place: `${HOME_TEAM}/${slack.workspace().channel(CHANNEL).id}`, look: () => slackCard() },
    Discord: { place: discord.place(GUILD, CHANNEL), look: () => discordCard() },
  }

  /** The newest card: how often it was edited, whether it is whole, and whether a picture is with it. */
  function slackCard(): Look {
    const card = slack.cards(CHANNEL).at(-1)
    const pictures = JSON.stringify([card?.blocks, card?.replies.map(({ blocks }) => blocks)]).includes('"slack_file"')
    return { edits: card?.edits ?? -1, whole: (card?.blocks.length ?? 0) > 0 && card?.text !== '', pictures }
  }

  function discordCard(): Look {
    const { messages, threads } = discord.channel(GUILD, CHANNEL)
    const card = messages.findLast(({ answer }) => !answer)
    const thread = threads.find(({ of }) => of === card?.id)
    return {
      edits: card?.edits ?? -1,
      // A refused one is words alone, without a container.
      whole: card?.components[0]?.['type'] === 17,
      pictures: [card, ...(thread?.messages ?? [])].some((one) => (one?.attachments.length ?? 0) > 0),
    }
  }

  return {
    documented: discord.documented,
    async show(platform, view) {
      const { place, look } = shownOn[platform]
      const chat = chats.find((one) => one.platform === platform.toLowerCase())
      const id = `${platform}:${view.kind}`
      // What says the same is not sent again: it is something else for a moment.
      for (const [index, shown] of [view, BETWEEN, view].entries()) {
        try {
          await chat?.show(place, { id, revision: index + 1, at: NOW, view: shown })
        } catch (error) {
          return error instanceof Error ? error.message : String(error)
        }
        const { edits, whole, pictures } = look()
        if (edits !== index) return `was edited ${edits} times, not ${index}`
        if (!whole) return 'was refused, and is shown in words alone'
        if ('chart' in shown && shown.chart !== null && !pictures) return 'is without its picture'
      }
      return null
    },
    async drive(platform, kind, typed) {
      const [line] = typed
      const parsed = parseLine(line, NOW)
      if (parsed.kind === 'error') return `“${line}” is not understood`
      if (parsed.request.kind !== kind) return `“${line}” is ${parsed.request.kind}`
      const before = heard.length
      // The page is given views, and words them itself.
      const screen = platform === 'console' ? '"topic":"tasks"' : 'What you can type'
      const help = line === 'help' ? screen : '/spinup pin COUNT'
      const mark = kind === 'help' ? help : `Answer number ${marks + 1}.`
      try {
        await type[platform](kind, typed)
        await until(async () => (await seen[platform]()).includes(mark), {
          what: `“${line}” to be answered on ${platform}`,
        })
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
      if (kind === 'help') return heard.length === before ? null : 'help reached the engine'
      const [request, ...more] = heard.slice(before)
      if (more.length > 0) return `arrived ${more.length + 1} times`
      const same = JSON.stringify(request) === JSON.stringify(parsed.request)
      return same ? null : `“${line}” arrived as ${JSON.stringify(request)}`
    },
    violations: () => [...slack.violations, ...discord.violations()],
    async stop() {
      for (const chat of [page, ...chats]) await chat.stop()
      await web.close()
      await discord.stop()
      await slack.close().catch(() => undefined)
      await server.stop()
    },
  }
}

const BETWEEN: View = { kind: 'answer', tone: 'info', title: 'Between', text: '', fields: [], actions: [] }

interface Look {
  readonly edits: number
  readonly whole: boolean
  readonly pictures: boolean
}

/** The command that asks for it. */
export function commandOf(kind: RequestKind): CommandWords {
  const command = COMMANDS.find(({ name }) => name === kind)
  if (command === undefined) throw new Error(`there is no command ${kind}`)
  return command
}

/** Discord asks for counts as numbers. */
function asTyped(
  { options = [] }: CommandWords,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string | number>> {
  const counts = new Set(options.filter(({ kind }) => kind === 'count').map(({ name }) => name))
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, counts.has(name) ? Number(value) : value]),
  )
}

function answer(title: string): View {
  return { kind: 'answer', tone: 'info', title, text: '', fields: [], actions: [] }
}
