import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Chat, ChatHandlers } from './chat/chat.ts'
import type { Config } from './config/config.ts'
import { messageOf, SpinupError } from './core/model/error.ts'
import { capital } from './core/model/words.ts'
import type { ChatSurroundings } from './registry/entry.ts'
import { CHATS } from './registry/registry.ts'
import { createHeard } from './store/heard.ts'
import { createHome } from './store/home.ts'
import { createLongActions } from './store/long-actions.ts'
import { createShown } from './store/shown.ts'

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
  around: Pick<ChatSurroundings, 'charts' | 'vault' | 'doors' | 'publicUrl' | 'now' | 'log'> & {
    readonly redis: Redis
  },
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
