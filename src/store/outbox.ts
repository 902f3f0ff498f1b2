import { cardOf } from '../core/cards/cards.ts'
import type { Redis } from 'ioredis'
import { SpinupError } from '../core/model/error.ts'
import type { Card, View } from '../core/model/view.ts'
import { guard } from './guard.ts'
import { keys } from './keys.ts'
import { acquireLease, type Lease } from './lock.ts'
import { rankOf } from '../core/notify/channel.ts'
import { DELIVERED, LEAVE, PUT, TAKE, TAKE_BACK, TRIM } from './outbox-scripts.ts'

/**
 * Cards on their way to the channels (`destination`: `platform:channel`). Putting a card again replaces what was not yet
 * delivered; the last state always arrives. Every call throws `storeFailed` (retryable) when Redis does not answer.
 */
export interface Outbox {
  /** True when this changed the card. */
  put(destination: string, cardId: string, view: View, at: number): Promise<boolean>
  /** Puts the card where the destination has it already, shown or on its way; false, and nothing put, elsewhere. */
  update(destination: string, cardId: string, view: View, at: number): Promise<boolean>
  /** The destinations for which something waits. */
  waiting(): Promise<readonly string[]>
  /** How many cards wait, in all. */
  depth(): Promise<number>
  /**
   * Hands every undelivered card of a destination to `send`, the most urgent first (see `rankOf`), until none waits;
   * `fresh`: it was never there before. A
   * card is forgotten only after `send` resolved and only if it was not changed meanwhile. One bot at a time delivers to
   * a destination. Gives how many were handed over; what `send` throws is thrown on. When it says how long the platform
   * wants to be left alone, no bot delivers there until then.
   */
  deliver(
    destination: string,
    send: (card: Card, fresh: boolean) => Promise<void>,
    options?: DeliverOptions,
  ): Promise<number>
  /** A card that was handed over was refused; gives how many are set aside there by now. */
  setAside(destination: string, cardId: string): Promise<number>
  /** Lets the cards that are set aside be sent once more, as they are now; gives which. */
  takeBack(destination: string, at: number): Promise<readonly string[]>
  /** Forgets a destination and all that waits for it. */
  leave(destination: string): Promise<void>
}

export interface DeliverOptions {
  /** Awaited before each card is chosen, so that the newest state is sent; false ends the turn. */
  readonly ready?: () => Promise<boolean>
  /** Cards to leave for a later turn. */
  readonly skip?: () => readonly string[]
}

/** Cards kept per destination, so that a later change still finds its revision. */
const KEPT_CARDS = 500
/** Renewed while it is held, so that a crashed bot's channels are silent for no longer than this. */
const LEASE_MS = 4000
const RENEW_MS = 1000

interface StoredCard {
  readonly id: string
  readonly revision: number
  readonly at: string
  readonly view: string
  /** The revision that was handed over last; absent on cards of older versions. */
  readonly sent?: number
}

export function createOutbox(redis: Redis): Outbox {
  const places = (destination: string): readonly [string, string, string] => [
    keys.outboxCards(destination),
    keys.outboxPending(destination),
    keys.outboxFloor(destination),
  ]
  const put = async (
    destination: string,
    cardId: string,
    view: View,
    at: number,
    onlyKnown: boolean,
  ): Promise<'unknown' | 'same' | 'changed'> => {
    const card = cardOf(view)
    const [whenNew, whenShown] = [rankOf(card, false), rankOf(card, true)]
    const text = JSON.stringify(view)
    const final = card.final ? 1 : 0
    const known = onlyKnown ? 1 : 0
    const args = [cardId, text, String(at), whenNew, whenShown, final, known]
    // Named first: a crash in between leaves a destination for which nothing waits, not a card that nobody looks for.
    if (!onlyKnown) await redis.sadd(keys.outboxDestinations, destination)
    const revision = await redis.eval(PUT, 3, ...places(destination), ...args)
    return revision === -1 ? 'unknown' : revision === 0 ? 'same' : 'changed'
  }
  const counts = async (): Promise<readonly (readonly [destination: string, count: number])[]> => {
    const all = await redis.smembers(keys.outboxDestinations)
    return Promise.all(all.map(async (name) => [name, await redis.zcard(keys.outboxPending(name))] as const))
  }
  /** null: there is nothing to do, or it is another's. */
  const begin = guard('find cards', async (destination: string): Promise<Lease | null> => {
    const waits = redis.zcard(keys.outboxPending(destination))
    const rests = redis.exists(keys.outboxRest(destination))
    // Both are awaited at once: one that failed unhandled would end the bot.
    const [count, resting] = await Promise.all([waits, rests])
    if (count === 0 || resting === 1) return null
    return acquireLease(redis, keys.outboxLock(destination), { ttlMs: LEASE_MS, waitMs: 0 })
  })
  /** null also when the turn has expired: another deliverer may be at it. */
  const take = guard('choose a card', async (destination: string, lease: Lease, skip: readonly string[]) => {
    const [cards, pending] = places(destination)
    const later = JSON.stringify(skip)
    const found = await redis.eval(TAKE, 3, cards, pending, lease.key, lease.token, LEASE_MS, later)
    return typeof found === 'string' ? found : null
  })
  const delivered = guard('note that a card is there', async (destination: string, { id, revision }: Card) => {
    await redis.eval(DELIVERED, 4, ...places(destination), keys.outboxAside(destination), id, revision)
  })
  const trim = guard('forget old cards', async (destination: string) => {
    await redis.eval(TRIM, 3, ...places(destination), KEPT_CARDS, KEPT_CARDS * 1.2)
  })
  const leaveAlone = guard('note how long a platform rests', async (destination: string, restMs: number) => {
    await redis.set(keys.outboxRest(destination), '1', 'PX', Math.max(1, Math.ceil(restMs)))
  })
  const deliver: Outbox['deliver'] = async (destination, send, { ready, skip } = {}) => {
    const lease = await begin(destination)
    if (lease === null) return 0
    const renewal = setInterval(() => void lease.renew().catch(() => undefined), RENEW_MS)
    let sent = 0
    try {
      for (;;) {
        if (ready !== undefined && !(await ready())) break
        const found = await take(destination, lease, skip?.() ?? [])
        if (found === null) break
        const { card, fresh } = parse(found)
        await send(card, fresh).catch(async (error: unknown) => {
          const restMs = error instanceof SpinupError ? error.retryAfterMs : null
          if (restMs !== null) await leaveAlone(destination, restMs).catch(() => undefined)
          throw error
        })
        sent++
        await delivered(destination, card)
      }
      if (sent > 0) await trim(destination)
      return sent
    } finally {
      clearInterval(renewal)
      await lease.release()
    }
  }
  return {
    put: guard('save a card', async (...[destination, cardId, view, at]: Parameters<Outbox['put']>) => {
      return (await put(destination, cardId, view, at, false)) === 'changed'
    }),
    update: guard('save a card', async (...[destination, cardId, view, at]: Parameters<Outbox['update']>) => {
      return (await put(destination, cardId, view, at, true)) !== 'unknown'
    }),
    waiting: guard('find cards', async () => (await counts()).filter(([, count]) => count > 0).map(([name]) => name)),
    depth: guard('count cards', async () => (await counts()).reduce((sum, [, count]) => sum + count, 0)),
    deliver,
    setAside: guard('save a card', async (destination: string, cardId: string) => {
      await redis.sadd(keys.outboxAside(destination), cardId)
      return redis.scard(keys.outboxAside(destination))
    }),
    takeBack: guard('save cards', async (destination: string, at: number) => {
      const [cards, pending] = places(destination)
      await redis.sadd(keys.outboxDestinations, destination)
      // What the script gives: members of a set.
      return (await redis.eval(TAKE_BACK, 3, cards, pending, keys.outboxAside(destination), String(at))) as string[]
    }),
    leave: guard('leave a channel', async (destination: string) => {
      await redis.srem(keys.outboxDestinations, destination)
      await redis.eval(LEAVE, 4, ...places(destination), keys.outboxAside(destination))
    }),
  }
}

/** Written by `PUT` alone. */
function parse(text: string): { readonly card: Card; readonly fresh: boolean } {
  const { id, revision, at, view, sent } = JSON.parse(text) as StoredCard
  return { card: { id, revision, at: Number(at), view: JSON.parse(view) as View }, fresh: sent === 0 }
}
