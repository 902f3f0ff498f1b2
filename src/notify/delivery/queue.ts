import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Chat } from '../../chat/chat.ts'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { Card } from '../../core/model/view.ts'
import type { Outbox } from '../../store/outbox.ts'
import { createAllowance } from '../../core/notify/pace.ts'

/** Who wants to know that something could not be delivered; answers are awaited, and must not throw. */
export interface Complaints {
  /** The platform refused a card for good; it was set aside. */
  cardRefused(destination: string, card: Card, reason: string): Promise<void>
  /** The platform refuses everything for that destination. */
  destinationRefused(destination: string, reason: string): Promise<void>
  /** A card arrived there. */
  arrived(destination: string): Promise<void>
}

/** The way to one destination: what waits goes out one by one, at its pace; whatever holds it up holds up no other. */
export interface ChannelQueue {
  /** Something waits; goes on now unless it rests. */
  go(): void
  /** Somebody is there: a channel that refused everything may take cards by now. */
  wake(): void
  /** Nothing is under way and nothing would be lost by forgetting it. */
  idle(): boolean
  stop(): Promise<void>
}

export interface QueueOptions {
  readonly destination: string
  readonly channel: string
  readonly chat: Chat
  readonly outbox: Outbox
  readonly complaints: Complaints
  readonly log: Logger
  /** The rest after a first failure; each further one is twice as long, up to half a minute. */
  readonly restMs: number
}

const LONGEST_REST_MS = 30_000
/** A channel that is gone, or whose token is, is tried again this often. */
const REFUSED_REST_MS = 600_000
/** A card that failed so often in a row, for whatever passing reason, lets the others by for a while. */
const MOST_FAILURES = 3
const ASIDE_MS = 60_000
/** So many cards in a row that are all refused: it is the channel, whatever the platform says. */
const MOST_REFUSED = 3

export function createQueue(options: QueueOptions): ChannelQueue {
  const { destination, channel, chat, outbox, complaints, log } = options
  const allowance = createAllowance(chat.pace)
  const stopping = new AbortController()
  /** Cards that are left for later, and until when. */
  const later = new Map<string, number>()
  let running: Promise<void> | null = null
  let again = false
  let restUntil = 0
  let turnedAway = false
  let failures = 0
  let failing = { cardId: '', times: 0 }
  /** Cards that were refused, and refused again after others had arrived. */
  const hopeless = new Set<string>()
  let aside = true

  const ready = async (): Promise<boolean> => {
    const waitMs = allowance.waitMs(performance.now())
    if (waitMs > 0) await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    return !stopping.signal.aborted
  }
  const skip = (): readonly string[] => {
    const now = performance.now()
    for (const [cardId, until] of later) if (until <= now) later.delete(cardId)
    return [...later.keys()]
  }
  const send = async (card: Card, fresh: boolean): Promise<void> => {
    allowance.spend(performance.now(), fresh)
    try {
      await chat.show(channel, card)
    } catch (error) {
      if (!refusesCard(error)) {
        failing = { cardId: card.id, times: failing.cardId === card.id ? failing.times + 1 : 1 }
        throw error
      }
      const refused = hopeless.has(card.id) ? 0 : await outbox.setAside(destination, card.id)
      aside = true
      if (refused >= MOST_REFUSED) throw new Refused(messageOf(error))
      log.warn({ destination, card: card.id, reason: messageOf(error) }, 'card refused; set aside')
      await complaints.cardRefused(destination, card, messageOf(error))
      return
    }
    failures = 0
    turnedAway = false
    failing = { cardId: '', times: 0 }
    hopeless.delete(card.id)
    if (aside) {
      // Perhaps the channel refused them, and not for what they are: now that it takes cards they get one more try.
      aside = false
      for (const cardId of await outbox.takeBack(destination, Date.now())) hopeless.add(cardId)
    }
    await complaints.arrived(destination)
  }
  const turn = async (): Promise<void> => {
    try {
      await outbox.deliver(destination, send, { ready, skip })
    } catch (error) {
      await rest(error)
    }
  }
  const rest = async (thrown: unknown): Promise<void> => {
    const now = performance.now()
    const reason = messageOf(thrown)
    if (refusesDestination(thrown)) {
      restUntil = now + REFUSED_REST_MS
      turnedAway = true
      log.error({ destination, reason }, 'channel refused; will try again in ten minutes')
      // Those before it were set aside for nothing.
      await outbox.takeBack(destination, Date.now()).catch(() => undefined)
      hopeless.clear()
      await complaints.destinationRefused(destination, reason)
      return
    }
    failures++
    const asked = thrown instanceof SpinupError ? thrown.retryAfterMs : null
    if (asked === null && failing.times >= MOST_FAILURES) {
      later.set(failing.cardId, now + ASIDE_MS)
      log.warn({ destination, card: failing.cardId, reason }, 'card fails again and again; the others go first')
      failing = { cardId: '', times: 0 }
    }
    restUntil = now + (asked ?? Math.min(options.restMs * 2 ** (failures - 1), LONGEST_REST_MS))
    // One line when it begins to fail; after that each is as the one before.
    log[failures === 1 ? 'warn' : 'debug']({ destination, failures, reason }, 'delivery failed; will try again')
  }
  return {
    go: () => {
      if (stopping.signal.aborted || performance.now() < restUntil) return
      if (running !== null) {
        again = true
        return
      }
      const work = async (): Promise<void> => {
        do {
          again = false
          await turn()
        } while (again && !stopping.signal.aborted && performance.now() >= restUntil)
      }
      running = work().finally(() => (running = null))
    },
    wake: () => {
      if (turnedAway) restUntil = 0
    },
    idle: () => running === null && allowance.full(performance.now()),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** Everything that a queue's cards are met with is a refusal. */
class Refused extends Error {}

/** For good, and about this card. */
function refusesCard(error: unknown): boolean {
  return error instanceof SpinupError && error.code === 'chatFailed' && !error.retryable
}

/** For good, whatever is sent: the channel is gone (`notFound`), or nobody may write to it (`unauthorised`). */
function refusesDestination(error: unknown): boolean {
  if (error instanceof Refused) return true
  return error instanceof SpinupError && (error.code === 'notFound' || error.code === 'unauthorised')
}
