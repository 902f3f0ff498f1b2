import { parseLine, createHandlers } from '../../src/chat/commands/dispatch.ts'
import { COMMANDS } from '../../src/chat/commands/registry.ts'
import { createConsoleChat } from '../../src/chat/console/chat.ts'
import { openChats } from '../../src/chats.ts'
import { readConfig } from '../../src/config/read-config.ts'
import type { Request, RequestKind } from '../../src/core/model/request.ts'
import type { View } from '../../src/core/model/view.ts'
import { createConsoleLog } from '../../src/store/console-log.ts'
import { createVault } from '../../src/store/vault.ts'
import { createDoors } from '../../src/web/doors.ts'
import { ADA } from '../example-views.ts'
import { startDiscord } from '../fakes/discord/discord.ts'
import { HOME_TEAM, startSlack } from '../fakes/slack/slack.ts'
import { quiet, startTestRedis } from '../redis.ts'
import { until } from '../wait.ts'
import { LINES } from './lines.ts'
import type { Cell } from './views.ts'

export const PLATFORMS = ['Slack', 'Discord', 'console'] as const
type Platform = (typeof PLATFORMS)[number]

const NOW = Date.UTC(2026, 0, 15, 12)
const CHANNEL = 'ops'
const GUILD = 'acme'

/** What every command does when it is typed on a platform: it arrives as it was meant, and its answer is seen there. */
export interface CommandStage {
  drive(platform: Platform, kind: RequestKind): Promise<Cell>
  /** What a platform would not have taken, or would not have sent. */
  violations(): readonly string[]
  stop(): Promise<void>
}

/** The real adapters with their real SDKs, the real grammar and Redis; the platforms stand in, and so does the engine. */
export async function openCommandStage(): Promise<CommandStage> {
  const server = await startTestRedis()
  const redis = await server.connect()
  const slack = await startSlack({ workspaces: [{ team: HOME_TEAM, name: 'Acme', channels: [CHANNEL] }] })
  const discord = await startDiscord({ guilds: [{ name: GUILD, channels: [CHANNEL] }] })
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
      return [answer(`Answer number ${++marks}`)]
    },
    form: async () => ({ title: 'Form', submit: 'Send', fields: [] }),
    home: async () => [],
    facts: async () => ({ members: ['web-1', 'web-2'], stats: ['cpu'], droplets: ['web'] }),
    now: () => NOW,
    failed: (error) => {
      throw error
    },
  })
  const chats = await openChats(config, {
    redis,
    charts: { png: async () => null },
    vault: createVault(redis, 'a secret of the parity test'),
    doors: createDoors([]),
    publicUrl: 'http://127.0.0.1',
    log: quiet,
  })
  const page = createConsoleChat({ log: createConsoleLog(redis) })
  for (const chat of [page, ...chats]) await chat.start(handlers)

  const seen: Readonly<Record<Platform, () => Promise<string>>> = {
    Slack: async () => {
      const { messages, ephemerals } = slack.channel(CHANNEL)
      return [...messages, ...ephemerals].map((one) => `${one.text} ${JSON.stringify(one.blocks)}`).join('\n')
    },
    Discord: async () => {
      const { messages, ephemerals } = discord.channel(GUILD, CHANNEL)
      return [...messages, ...ephemerals].map(({ text }) => text).join('\n')
    },
    console: async () => JSON.stringify((await page.after(0)).messages),
  }
  const type: Readonly<Record<Platform, (kind: RequestKind) => Promise<unknown>>> = {
    Slack: (kind) => slack.people.type(LINES[kind][0], { channel: CHANNEL }),
    Discord: (kind) => discord.type(GUILD, CHANNEL, 'ada', nameOf(kind), typed(LINES[kind][1])),
    console: (kind) => page.post(LINES[kind][0], ADA),
  }
  return {
    async drive(platform, kind) {
      const parsed = parseLine(LINES[kind][0], NOW)
      if (parsed.kind === 'error') return `“${LINES[kind][0]}” is not understood`
      const before = heard.length
      const mark = kind === 'help' ? '/spinup status' : `Answer number ${marks + 1}`
      try {
        await type[platform](kind)
        await until(async () => (await seen[platform]()).includes(mark), {
          what: `${kind} to be answered on ${platform}`,
        })
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
      if (kind === 'help') return heard.length === before ? null : 'help reached the engine'
      const [request, ...more] = heard.slice(before)
      if (more.length > 0) return `arrived ${more.length + 1} times`
      const same = JSON.stringify(request) === JSON.stringify(parsed.request)
      return same ? null : `arrived as ${JSON.stringify(request)}`
    },
    violations: () => [...slack.violations, ...discord.violations()],
    async stop() {
      for (const chat of [page, ...chats]) await chat.stop()
      await discord.stop()
      await slack.close().catch(() => undefined)
      await server.stop()
    },
  }
}

/** Lifting a protection is an option of protecting. */
function nameOf(kind: RequestKind): string {
  const name = kind === 'unprotect' ? 'protect' : kind
  const command = COMMANDS.find((known) => known.name === name)
  if (command === undefined) throw new Error(`there is no command ${kind}`)
  return command.group === undefined ? name : `${command.group} ${name}`
}

/** Discord asks for counts as numbers. */
function typed(options: Readonly<Record<string, string>>): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, name === 'count' ? Number(value) : value]),
  )
}

function answer(title: string): View {
  return { kind: 'answer', tone: 'info', title, text: '', fields: [], actions: [] }
}
