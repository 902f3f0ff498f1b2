import { pino } from 'pino'
import { poolOf } from '../../src/core/model/card-words.ts'
import type { PoolState } from '../../src/core/pool/state.ts'
import type { ProposalView } from '../../src/core/model/view.ts'
import { connectRedis } from '../../src/store/connection.ts'
import { createPoolStore } from '../../src/store/pool-store.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { startDiscord, type FakeDiscord } from '../fakes/discord/discord.ts'
import { everyComponent, type JsonObject } from '../fakes/discord/records.ts'
import type { ShownMessage as DiscordMessage } from '../fakes/discord/shown.ts'
import { buttonsOf, type Block, type ShownMessage as SlackMessage } from '../fakes/slack/record.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../fakes/slack/slack.ts'
import { createSite, type BotProcess, type Site } from '../scenarios/bot-process.ts'
import { card, connect, say } from '../scenarios/story.ts'
import { until } from '../wait.ts'

export const CHANNEL = 'ops'
export const GUILD = 'team'

/** A real bot with a connected pool, and a channel of Slack and one of Discord that are told of it. */
export interface ClickStage {
  readonly slack: FakeSlack
  readonly discord: FakeDiscord
  readonly site: Site
  readonly bot: () => BotProcess
  /** Brings the bot up again, and waits until both platforms hear it; ms that took. */
  start(): Promise<number>
  /** Every message anywhere that shows a button to answer the proposal. */
  open(id: string): readonly string[]
  /** All that is kept of the pool. */
  state(): Promise<PoolState>
  /** The open question, once every platform shows it. */
  asked(): Promise<Question>
  stop(): Promise<void>
}

/** A question as people see it, with its buttons as they were. */
export interface Question {
  readonly id: string
  readonly view: ProposalView
  readonly slack: SlackMessage
  readonly blocks: readonly Block[]
  readonly discord: DiscordMessage
  readonly customId: string
}

/** `people`: how many there are on Slack. */
export async function openClickStage(people: number): Promise<ClickStage> {
  const names = Array.from({ length: people }, (_, index) => `slack${index}`)
  const slack = await startSlack({
    workspaces: [
      {
        team: HOME_TEAM,
        name: 'Acme',
        channels: [CHANNEL],
        people: Object.fromEntries(names.map((name) => [name, `Person of ${name}`])),
      },
    ],
  })
  const discord = await startDiscord({ guilds: [{ name: GUILD, channels: [CHANNEL] }] })
  const site = await createSite()
  const log = pino({ level: 'silent' })
  const server = await startRedisServer({ dataDir: site.dataDir, log, install: true, say: console.error })
  const redis = connectRedis({ path: server.path }, { name: 'clicks', log })
  const store = createPoolStore(redis)
  const env = {
    SLACK_BOT_TOKEN: slack.install(HOME_TEAM).text,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
  }
  const stop = async (): Promise<void> => {
    redis.disconnect()
    await site.stopBots()
    // Whoever keeps a server running would start it again.
    await server.stop()
    await site.clear()
    await discord.stop()
    await slack.close()
  }
  const heard = async (): Promise<void> => {
    await until(() => slack.socket.connections > 0, { what: 'the bot to be on Slack', timeoutMs: 60_000 })
    await until(() => discord.commands(GUILD).length > 0, { what: 'the bot to be on Discord', timeoutMs: 60_000 })
  }
  const begin = async (): Promise<BotProcess> => {
    const first = await site.start(env)
    await heard()
    await connect(site, first)
    await slack.people.type('notify all', { channel: CHANNEL, user: names[0]! })
    await discord.type(GUILD, CHANNEL, 'ada', 'notify', { choice: 'all' })
    return first
  }
  let bot = await begin().catch(async (error: unknown) => {
    await stop().catch(() => undefined)
    throw error
  })
  return {
    slack,
    discord,
    site,
    bot: () => bot,
    start: async () => {
      const from = performance.now()
      bot = await site.start(env)
      await heard()
      return performance.now() - from
    },
    state: async () => {
      const state = await store.load((await store.list())[0] ?? '')
      if (state === null) throw new Error('there is no pool')
      return state
    },
    open: (id) => [...onSlack(slack, id), ...onDiscord(discord, id)],
    asked: () =>
      until(
        async () => {
          const view = await card(bot, (one): one is ProposalView => one.kind === 'proposal')
          if (view?.state !== 'open') throw new Error('no question is open')
          const yes = view.actions.map(({ action }) => action).find((action) => action.startsWith('approve:'))!
          const id = poolOf(yes).action.slice('approve:'.length)
          const shown = slackMessages(slack).find(({ blocks }) => valuesOf(blocks).includes(yes))
          const message = discord.channel(GUILD, CHANNEL).messages.find((one) => customIds(one).includes(yes))
          if (shown === undefined || message === undefined) throw new Error('it is not on every platform yet')
          return { id, view, slack: shown, blocks: shown.blocks, discord: message, customId: yes }
        },
        { what: 'a question on every platform', timeoutMs: 60_000 },
      ),
    stop,
  }
}

/** Makes the load ask for `max` members, of a team that wants to be asked. */
export async function wantMore(stage: ClickStage, max: number, settings = ''): Promise<void> {
  await say(
    stage.bot(),
    `/spinup policy mode=approve min=1 max=${max} target=5% tolerance=0% stat=memory window=1s scale-in-window=24h ${settings}`,
  )
}

/**
 * People still see what a message showed; the bot's edits count once it is over. What it does is undone by the function
 * that it gives.
 */
export function keepSeeing(message: SlackMessage, seen: readonly Block[] = message.blocks): () => void {
  let latest = message.blocks
  Object.defineProperty(message, 'blocks', {
    configurable: true,
    enumerable: true,
    get: () => seen,
    set: (blocks: readonly Block[]) => {
      latest = blocks
    },
  })
  return () =>
    void Object.defineProperty(message, 'blocks', {
      configurable: true,
      enumerable: true,
      writable: true,
      value: latest,
    })
}

function onSlack(slack: FakeSlack, id: string): readonly string[] {
  return slackMessages(slack)
    .filter(({ blocks }) => valuesOf(blocks).some((value) => asks(value, id)))
    .map(({ ts, text }) => `slack ${ts}: ${text.slice(0, 60)}`)
}

function onDiscord(discord: FakeDiscord, id: string): readonly string[] {
  const { messages, threads } = discord.channel(GUILD, CHANNEL)
  return [...messages, ...threads.flatMap((thread) => thread.messages)]
    .filter((message) => customIds(message).some((value) => asks(value, id)))
    .map((message) => `discord ${message.id}: ${message.text.slice(0, 60)}`)
}

function asks(button: string, id: string): boolean {
  const { action } = poolOf(button)
  return action === `approve:${id}` || action === `ask:deny:${id}` || action === `deny:${id}`
}

function slackMessages(slack: FakeSlack): readonly SlackMessage[] {
  const own = slack.cards(CHANNEL)
  return [...own, ...own.flatMap(({ replies }) => replies)]
}

function valuesOf(blocks: readonly Block[]): readonly string[] {
  return buttonsOf(blocks).flatMap(({ value, options = [] }) => [
    ...(value === undefined ? [] : [value]),
    ...options.map((option) => option.value),
  ])
}

/** Of controls that can be pressed. */
function customIds({ components }: DiscordMessage): readonly string[] {
  return everyComponent(components).flatMap((component: JsonObject) =>
    typeof component['custom_id'] === 'string' && component['disabled'] !== true ? [component['custom_id']] : [],
  )
}
