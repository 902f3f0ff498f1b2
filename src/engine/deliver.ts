import type { Logger } from 'pino'
import type { Chat } from '../chat/chat.ts'
import { messageOf } from '../core/model/error.ts'
import type { Outbox } from '../store/outbox.ts'

/** Carries what is in the outbox to the platforms, one destination beside the other; a slow one holds up no other. */
export interface Delivery {
  /** Looks now rather than at the next turn. */
  nudge(): void
  stop(): Promise<void>
}

const EVERY_MS = 500
/** After a failed send a destination rests, longer each time. */
const LONGEST_REST_MS = 30_000

export function startDelivery(options: {
  readonly outbox: Outbox
  readonly chats: readonly Chat[]
  readonly log: Logger
}): Delivery {
  const lanes = new Map<string, Delivery>()
  let stopped = false
  const look = async (): Promise<void> => {
    try {
      for (const destination of await options.outbox.destinations()) {
        if (!stopped && !lanes.has(destination)) lanes.set(destination, startLane(destination, options))
      }
    } catch (error) {
      options.log.warn({ reason: messageOf(error) }, 'could not look for destinations; will try again')
    }
  }
  const timer = setInterval(() => void look(), EVERY_MS)
  void look()
  return {
    nudge: () => lanes.forEach((lane) => lane.nudge()),
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await Promise.all([...lanes.values()].map((lane) => lane.stop()))
    },
  }
}

function startLane(
  destination: string,
  { outbox, chats, log }: { readonly outbox: Outbox; readonly chats: readonly Chat[]; readonly log: Logger },
): Delivery {
  const [platform = '', channel = ''] = destination.split(/:(.*)/s)
  const chat = chats.find((candidate) => candidate.platform === platform)
  let failures = 0
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false

  const turn = async (): Promise<void> => {
    try {
      if (chat === undefined) return
      await outbox.deliver(destination, (card) => chat.show(channel, card))
      failures = 0
    } catch (error) {
      failures++
      log.warn({ destination, failures, reason: messageOf(error) }, 'delivery failed; will try again')
    }
  }
  const schedule = (ms: number): void => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(go, ms)
  }
  const go = (): void => {
    if (running !== null) {
      again = true
      return
    }
    running = turn().finally(() => {
      running = null
      schedule(again ? 0 : failures === 0 ? EVERY_MS : Math.min(EVERY_MS * 2 ** failures, LONGEST_REST_MS))
      again = false
    })
  }
  schedule(0)
  return {
    nudge: () => {
      if (!stopped && failures === 0) go()
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
