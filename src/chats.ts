import { setTimeout as delay } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Chat, ChatHandlers, Hearing } from './chat/chat.ts'
import type { ChatEntry, ChatSurroundings } from './chat/entry.ts'
import { mannersOf } from './commands/dispatch/line.ts'
import { COMMANDS } from './commands/registry.ts'
import type { Config } from './config/read-config.ts'
import { messageOf, SpinupError } from './core/model/error.ts'
import { createHome, createLongActions, createPromises, createSeenEvents, createShown } from './store/chat-places.ts'
import { createMoves } from './store/moved-channel.ts'

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
          promises: createPromises(redis, name),
          moved: createMoves(redis, name),
        })
        return { ...chat, label, ...(pace === undefined ? {} : { pace }) }
      }),
  )
}

const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 60_000
/** A token that is refused may be good again: the platform had a bad hour, or somebody enabled the app once more. */
const REFUSED_REST_MS = 600_000

/**
 * Keeps every chat connected, each for itself: one that is unreachable is tried again soon, one that is refused every ten
 * minutes, and neither keeps the pools from being watched.
 */
export function startChats(
  chats: readonly Chat[],
  handlers: ChatHandlers,
  options: { readonly hearing: Hearing; readonly log: Logger; readonly refusedRestMs?: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const kept = chats.map((chat) => keepConnected(chat, handlers, options, stopping.signal))
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(chats.map((chat) => chat.stop()))
      await Promise.all(kept)
    },
  }
}

async function keepConnected(
  chat: Chat,
  handlers: ChatHandlers,
  { hearing, log, refusedRestMs = REFUSED_REST_MS }: Parameters<typeof startChats>[2],
  signal: AbortSignal,
): Promise<void> {
  for (let rest = FIRST_REST_MS; !signal.aborted; rest = Math.min(rest * 2, LONGEST_REST_MS)) {
    let trouble: SpinupError
    try {
      const ended = Promise.withResolvers<SpinupError>()
      await chat.start(handlers, ended.resolve)
      log.info({ chat: chat.platform }, 'chat is connected')
      await hearing(chat, null)
      rest = FIRST_REST_MS
      trouble = await Promise.race([ended.promise, aborted(signal)])
    } catch (error) {
      trouble = error instanceof SpinupError ? error : new SpinupError('chatFailed', messageOf(error), UNSURE)
    }
    if (signal.aborted) return
    const { retryable, message: reason } = trouble
    if (retryable) log.warn({ chat: chat.platform, reason }, 'chat is unreachable; will try again')
    else log.error({ chat: chat.platform, reason }, 'chat is refused; continuing without it')
    // Weather passes by itself, as a rule before anyone has read of it.
    if (!retryable || rest === LONGEST_REST_MS) await hearing(chat, trouble)
    await delay(retryable ? rest : refusedRestMs, undefined, { signal }).catch(() => undefined)
  }
}

const UNSURE = { retryable: true } as const

/** Rejects when it is aborted, and never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopping')), { once: true })
    if (signal.aborted) reject(new Error('stopping'))
  })
}
