import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Chat, ChartPictures, ChatHandlers, Shown } from './chat/chat.ts'
import type { Config } from './config.ts'
import { messageOf, SpinupError } from './core/model/error.ts'
import { capital } from './core/model/words.ts'
import { createHeard } from './store/heard.ts'
import { createHome } from './store/home.ts'
import { createLongActions } from './store/long-actions.ts'
import { createShown } from './store/shown.ts'
import type { Vault } from './store/vault.ts'
import type { Doors } from './web/doors.ts'

/** What a chat platform may need to come up. */
export interface ChatSurroundings {
  readonly config: Config
  readonly charts: ChartPictures
  readonly shown: Shown
  /** Whose installation this is, where a platform can't tell: the first to claim it, for good. */
  readonly home: { claim(team: string): Promise<string> }
  /** What shortened buttons stand for. */
  readonly longActions: {
    keep(actions: ReadonlyMap<string, string>): Promise<void>
    get(id: string): Promise<string | null>
  }
  /** Of several who hear the same thing, the first. */
  readonly heard: { first(id: string): Promise<boolean> }
  readonly vault: Vault
  readonly doors: Doors
  /** As people's browsers and the platform reach this bot. */
  readonly publicUrl: string
  readonly now: () => number
  readonly log: Logger
}

interface ChatEntry {
  readonly name: string
  /** What has to be set for it. */
  readonly variable: string
  readonly offered: (config: Config) => boolean
  readonly open: (surroundings: ChatSurroundings) => Promise<Chat>
}

/** Every chat platform besides the console; each loads only where it is configured. A new one: a folder in `chat/` and an entry here. */
export const CHATS: readonly ChatEntry[] = [
  {
    name: 'slack',
    variable: 'SLACK_BOT_TOKEN',
    offered: ({ slack }) => slack !== null,
    open: async ({ config, ...surroundings }) => {
      const { createSlackChat } = await import('./chat/slack/chat.ts')
      const { slack } = config
      if (slack === null) throw new SpinupError('configuration', 'Slack needs SLACK_BOT_TOKEN, or a client id.')
      return createSlackChat({ settings: slack, ...surroundings })
    },
  },
  {
    name: 'discord',
    variable: 'DISCORD_TOKEN',
    offered: ({ discord }) => discord !== null,
    open: async ({ config, ...surroundings }) => {
      const { createDiscordChat } = await import('./chat/discord/chat.ts')
      const { discord } = config
      if (discord === null) throw new SpinupError('configuration', 'Discord needs DISCORD_TOKEN.')
      return createDiscordChat({ ...discord, ...surroundings })
    },
  },
]

/** The platforms that are not configured, by the names people know. */
export function absentChats(config: Config): readonly { readonly name: string; readonly variable: string }[] {
  return CHATS.filter(({ offered }) => !offered(config)).map(({ name, variable }) => ({
    name: capital(name),
    variable,
  }))
}

/** Opens every chat that is configured; none is connected yet. */
export function openChats(
  config: Config,
  around: Pick<ChatSurroundings, 'charts' | 'vault' | 'doors' | 'publicUrl' | 'log'> & { readonly redis: Redis },
): Promise<readonly Chat[]> {
  const { redis, ...surroundings } = around
  return Promise.all(
    CHATS.filter(({ offered }) => offered(config)).map(({ name, open }) =>
      open({
        config,
        ...surroundings,
        shown: createShown(redis, name),
        home: createHome(redis, name),
        longActions: createLongActions(redis, name),
        heard: createHeard(redis, name),
        now: Date.now,
      }),
    ),
  )
}

const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 60_000

/**
 * Connects every chat, each for itself: one that is out of reach is tried again, one that is refused for good is said so
 * once, and neither keeps the pools from being watched.
 */
export function startChats(
  chats: readonly Chat[],
  handlers: ChatHandlers,
  log: Logger,
): { stop(): Promise<void>; started: Promise<void> } {
  const stopping = new AbortController()
  const started = Promise.all(chats.map((chat) => keepStarting(chat, handlers, log, stopping.signal)))
  return {
    started: started.then(() => undefined),
    stop: async () => {
      stopping.abort()
      await Promise.all(chats.map((chat) => chat.stop()))
    },
  }
}

async function keepStarting(chat: Chat, handlers: ChatHandlers, log: Logger, signal: AbortSignal): Promise<void> {
  for (let rest = FIRST_REST_MS; !signal.aborted; rest = Math.min(rest * 2, LONGEST_REST_MS)) {
    try {
      await chat.start(handlers)
      log.info({ chat: chat.platform }, 'chat is connected')
      return
    } catch (error) {
      if (error instanceof SpinupError && !error.retryable) {
        log.error({ chat: chat.platform, reason: messageOf(error) }, 'chat is refused; going on without it')
        return
      }
      log.warn({ chat: chat.platform, reason: messageOf(error) }, 'chat is out of reach; will try again')
      await delay(rest, undefined, { signal }).catch(() => undefined)
    }
  }
}
