import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Chat, ChatHandlers } from './chat/chat.ts'
import type { ChatEntry, ChatSurroundings } from './chat/entry.ts'
import { mannersOf } from './commands/dispatch/line.ts'
import { COMMANDS } from './commands/registry.ts'
import type { Config } from './config/read-config.ts'
import { messageOf, SpinupError } from './core/model/error.ts'
import { createHome, createLongActions, createSeenEvents, createShown } from './store/chat-places.ts'

/** The platforms that are not set up, by the names people know. */
export function absentChats(
  config: Config,
  entries: readonly ChatEntry[],
): readonly { readonly name: string; readonly variable: string }[] {
  return entries.filter(({ name }) => !(name in config.chats)).map(({ label: name, variable }) => ({ name, variable }))
}

/** Opens every chat that is set up; none is connected yet. */
export function openChats(
  config: Config,
  entries: readonly ChatEntry[],
  around: Pick<ChatSurroundings, 'charts' | 'vault' | 'chatRoutes' | 'publicUrl' | 'now' | 'log'> & {
    readonly redis: Redis
  },
): Promise<readonly Chat[]> {
  const { redis, ...surroundings } = around
  return Promise.all(
    entries
      .filter(({ name }) => name in config.chats)
      .map(async (entry) => {
        const { name, label, pace } = entry
        const chat = await entry.open(config.chats[name], {
          ...surroundings,
          commands: COMMANDS,
          manners: mannersOf,
          shown: createShown(redis, name),
          home: createHome(redis, name),
          longActions: createLongActions(redis, name),
          seenEvents: createSeenEvents(redis, name),
        })
        return { ...chat, label, ...(pace === undefined ? {} : { pace }) }
      }),
  )
}

const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 60_000

/**
 * Connects every chat, each for itself: one that is unreachable is tried again, one that is refused for good is said so
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
        log.error({ chat: chat.platform, reason: messageOf(error) }, 'chat is refused; continuing without it')
        return
      }
      log.warn({ chat: chat.platform, reason: messageOf(error) }, 'chat is unreachable; will try again')
      await delay(rest, undefined, { signal }).catch(() => undefined)
    }
  }
}
