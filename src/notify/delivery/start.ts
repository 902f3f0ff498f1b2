import type { Logger } from 'pino'
import type { Chat } from '../../chat/chat.ts'
import { messageOf } from '../../core/model/error.ts'
import type { Outbox } from '../../store/outbox.ts'
import { createQueue, type Complaints, type ChannelQueue } from './queue.ts'

/** Carries what is in the outbox to the platforms, one destination beside the other; a slow one holds up no other. */
export interface Delivery {
  /** Looks now rather than at the next turn. */
  nudge(): void
  /** The same, also where that destination refused everything: somebody wrote from there. */
  wake(destination: string): void
  stop(): Promise<void>
}

export interface DeliveryOptions {
  readonly outbox: Outbox
  readonly chats: readonly Chat[]
  readonly complaints: Complaints
  readonly log: Logger
  /** The pause of a queue after a first failure; half a second unless given. */
  readonly restMs?: number
}

const EVERY_MS = 500

/** Queues come when something waits for a destination and go when nothing does. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { outbox, chats, complaints, log, restMs = EVERY_MS } = options
  const queues = new Map<string, ChannelQueue>()
  let stopped = false
  let looking: Promise<void> | null = null
  let again = false

  const queueTo = (destination: string): ChannelQueue | null => {
    const [platform = '', channel = ''] = destination.split(/:(.*)/s)
    const chat = chats.find((candidate) => candidate.platform === platform)
    // A platform that is not configured now may be so again; what waits for it goes on waiting.
    if (chat === undefined) return null
    return createQueue({ destination, channel, chat, outbox, complaints, log, restMs })
  }
  const look = async (): Promise<void> => {
    const waiting = new Set(await outbox.waiting())
    for (const [destination, queue] of queues) {
      if (!waiting.has(destination) && queue.idle()) queues.delete(destination)
    }
    for (const destination of waiting) {
      if (stopped) return
      const queue = queues.get(destination) ?? queueTo(destination)
      if (queue === null) continue
      queues.set(destination, queue)
      queue.go()
    }
  }
  const nudge = (): void => {
    if (stopped) return
    if (looking !== null) {
      again = true
      return
    }
    again = false
    looking = look()
      .catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'could not look for cards to deliver; will try again')
      })
      .finally(() => {
        looking = null
        if (again) nudge()
      })
  }
  const timer = setInterval(nudge, EVERY_MS)
  nudge()
  return {
    nudge,
    wake: (destination) => {
      queues.get(destination)?.wake()
      nudge()
    },
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await looking
      await Promise.all([...queues.values()].map((queue) => queue.stop()))
    },
  }
}
