import { pino } from 'pino'
import { CONSOLE_CHANNEL } from '../../src/chat/console/chat.ts'
import { REQUIRED_SCOPES, WISHED_SCOPES } from '../../src/chat/slack/options.ts'
import { destinationOf, type Place } from '../../src/core/model/platforms.ts'
import { openNotices } from '../../src/notify/complaints.ts'
import type { Notices } from '../../src/notify/notices.ts'
import { connectRedis, whenReady } from '../../src/store/connection.ts'
import { keys } from '../../src/store/keys.ts'
import { createOutbox, type Outbox } from '../../src/store/outbox.ts'
import { startRedisServer } from '../../src/store/redis-server.ts'
import { startDiscord, type FakeDiscord } from '../fakes/discord/discord.ts'
import { REAL_PACE } from '../fakes/discord/rate-limit.ts'
import { HOME_TEAM, startSlack, type FakeSlack } from '../fakes/slack/slack.ts'
import { createSite, type BotProcess, type Site } from '../scenarios/bot-process.ts'
import { examplePool } from '../store/example-state.ts'
import { until } from '../wait.ts'

/** A channel of the storm, and the pool whose notices are told in it. */
export interface StormChannel {
  readonly place: Place
  readonly name: string
  readonly poolId: string
}

/** Where people type commands meanwhile. */
export const ASKING = 'asking'
export const GUILD = 'team'

/** A real bot with Slack and Discord, which stand in, at the pace of the real ones. */
export interface StormStage {
  readonly slack: FakeSlack
  readonly discord: FakeDiscord
  readonly site: Site
  bot: BotProcess
  readonly notices: Notices
  readonly outbox: Outbox
  readonly channels: readonly StormChannel[]
  /** Brings the bot up, and waits until both platforms hear it. */
  start(): Promise<void>
  /** What a channel shows, message by message; the words of a message's thread are with it. */
  messages(channel: StormChannel): readonly string[]
  stop(): Promise<void>
}

export async function openStormStage(channelsEach: number): Promise<StormStage> {
  const names = Array.from({ length: channelsEach }, (_, index) => `ops-${index}`)
  const slack = await startSlack({
    workspaces: [{ team: HOME_TEAM, name: 'Acme', channels: [ASKING, ...names] }],
    pace: { everyMs: 1000, burst: 4 },
  })
  const discord = await startDiscord({ guilds: [{ name: GUILD, channels: [ASKING, ...names] }], pace: REAL_PACE })
  const site = await createSite(null)
  const log = pino({ level: 'silent' })
  const server = await startRedisServer({ dataDir: site.dataDir, log, install: true, say: console.error })
  const redis = connectRedis({ path: server.path }, { name: 'storm', log })
  await whenReady(redis)
  const outbox = createOutbox(redis)
  const always = [`console:${CONSOLE_CHANNEL}`]
  const { notices } = openNotices({ redis, outbox, always, now: Date.now, log })
  const channels = names.flatMap((name): readonly StormChannel[] => {
    const at = slack.workspace().channel(name).id
    return [
      { name, poolId: `slack-${name}`, place: { platform: 'slack', channel: `${HOME_TEAM}/${at}`, tenant: null } },
      {
        name,
        poolId: `discord-${name}`,
        place: { platform: 'discord', channel: discord.place(GUILD, name), tenant: null },
      },
    ]
  })
  for (const { place, poolId } of channels) {
    // Not among the pools that the bot works on.
    await redis.hset(keys.state(poolId), 'pool', JSON.stringify(examplePool({ id: poolId, name: poolId })))
    await notices.join(place, poolId)
  }
  // With the optional ones: without them nobody can look whether a message whose answer was lost is there.
  const token = slack.install(HOME_TEAM, [...REQUIRED_SCOPES, ...WISHED_SCOPES]).text
  const env = {
    SLACK_BOT_TOKEN: token,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.url,
  }
  const stage: StormStage = {
    slack,
    discord,
    site,
    bot: await site.start(env),
    notices,
    outbox,
    channels,
    start: async () => {
      // The stand-in would go on writing to lines whose other end was killed, until it has seen that they are dead.
      slack.socket.drop()
      stage.bot = await site.start(env)
      await heard()
    },
    messages: ({ place, name }) =>
      place.platform === 'slack'
        ? slack.cards(name).map(({ text, blocks, replies }) => JSON.stringify([text, blocks, replies.map(said)]))
        : discord.channel(GUILD, name).messages.map(({ text }) => text),
    stop: async () => {
      redis.disconnect()
      await site.stopBots()
      // Whoever keeps a server running would start it again.
      await server.stop()
      await site.clear()
      await discord.stop()
      await slack.close()
    },
  }
  const heard = async (): Promise<void> => {
    // Either counts a line that was cut until it has seen that it was.
    await until(() => stage.bot.log.filter(({ msg }) => msg === 'chat is connected').length === 2, {
      what: 'the bot to be on Slack and Discord',
      timeoutMs: 120_000,
    })
    await until(() => slack.socket.connections > 0, { what: 'the bot to be on Slack', timeoutMs: 120_000 })
    await until(() => discord.gateway.connected() > 0 && discord.commands(GUILD).length > 0, {
      what: 'the bot to be on Discord',
      timeoutMs: 120_000,
    })
  }
  await heard()
  return stage
}

export function isStorm(stage: StormStage, destination: string): boolean {
  return stage.channels.some(({ place }) => destinationOf(place) === destination)
}

function said({ text, blocks }: { readonly text: string; readonly blocks: unknown }): unknown {
  return [text, blocks]
}
