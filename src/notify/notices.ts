import { viewOf } from '../core/cards/of-pool.ts'
import type { PoolStore } from '../store/pool-store.ts'
import { cardOf } from '../core/cards/cards.ts'
import type { Place } from '../core/model/place.ts'
import { destinationOf } from '../core/model/place.ts'
import type { View } from '../core/model/view.ts'
import type { HeldCards } from '../store/held.ts'
import type { Outbox } from '../store/outbox.ts'
import { newSubscription, type Subscriptions } from '../store/subscriptions.ts'
import type { Subscription } from '../core/model/subscription.ts'
import { showDigests } from './digest.ts'
import { sparedSince, wanted } from '../core/notify/channel.ts'

/** Who gets what, where. */
export interface Notices {
  /** Puts a card into every channel that wants it; one that shows the card already gets its later states. */
  tell(poolId: string, cardId: string, view: View, at: number): Promise<void>
  /** Puts a card into the channel of someone who asked, and wherever the installation's own team always looks. */
  tellAsker(place: Place, cardId: string, view: View, at: number): Promise<void>
  /** From now on this channel hears of the pool. */
  join(place: Place, poolId: string): Promise<void>
  /** It gets nothing any more, and what waited for it is forgotten. */
  leave(destination: string): Promise<void>
  /** What a channel gets; null: nothing. `always`: everything, whatever it wants. */
  settings(place: Place): Promise<Subscription | 'always' | null>
  /** Changes what a channel gets; null from `change` leaves it as it is. */
  change(place: Place, change: (before: Subscription | null) => Subscription | null): Promise<Subscription | null>
  subscriptions(): Promise<readonly Subscription[]>
  /** Shows the digests of channels that are spared no longer. */
  showDigests(now: number): Promise<void>
  /** A card into one channel, at once. */
  put(destination: string, cardId: string, view: View, at: number): Promise<void>
  /**
   * Into the other channels of the team whose channel this is, except those for which it is the same, and where the
   * installation's own team always looks.
   */
  tellOthers(about: string, except: readonly string[], cardId: string, view: View, at: number): Promise<void>
  /** Where the installation's own team always looks, and nowhere else. */
  tellOperator(cardId: string, view: View, at: number): Promise<void>
}

export interface NoticeOptions {
  readonly outbox: Outbox
  readonly subscriptions: Subscriptions
  readonly held: HeldCards
  /** Destinations that get everything of the installation's own pools. */
  readonly always: readonly string[]
  readonly whose: PoolStore['whose']
}

export function createNotices(options: NoticeOptions): Notices {
  const { outbox, subscriptions, held, always, whose } = options
  const put = async (destinations: Iterable<string>, cardId: string, view: View, at: number): Promise<void> => {
    for (const destination of new Set(destinations)) await outbox.put(destination, cardId, view, at)
  }
  const tellOne = async (channel: Subscription, cardId: string, view: View, at: number): Promise<void> => {
    const destination = destinationOf(channel.place)
    // An edit wakes nobody, and a card that shows what is no longer so misleads: whatever was chosen meanwhile.
    if (await outbox.update(destination, cardId, view, at)) return
    const card = cardOf(view)
    const line = { tone: card.tone, title: card.headline, text: card.gist }
    const wants = wanted(channel.level, card)
    for (let found = await held.find(destination, cardId); found !== null;) {
      if (card.pressing !== null && wants) {
        await held.release(destination, cardId)
        break
      }
      if (await held.update(destination, cardId, found, { at: found.card.at, ...line })) return
      found = await held.find(destination, cardId)
    }
    if (!wants) return
    const since = card.pressing !== null ? null : sparedSince(channel, at)
    if (since === null) await outbox.put(destination, cardId, view, at)
    else await held.hold(destination, cardId, { at, ...line }, since)
  }
  const find = async (destination: string): Promise<Subscription | null> =>
    (await subscriptions.all()).find(({ place }) => destinationOf(place) === destination) ?? null
  return {
    tell: async (poolId, cardId, bare, at) => {
      const found = await whose(poolId)
      // Whose it was is not known any more, and anyone else must not see it.
      if (found === null) return
      const { tenant, pool } = found
      const view = viewOf(bare, pool)
      if (tenant === null) await put(always, cardId, view, at)
      for (const channel of await subscriptions.of(tenant)) {
        if (always.includes(destinationOf(channel.place))) continue
        if (channel.pools.length > 0 && !channel.pools.includes(poolId)) continue
        await tellOne(channel, cardId, view, at)
      }
    },
    tellAsker: (place, cardId, view, at) =>
      put([...(place.tenant === null ? always : []), destinationOf(place)], cardId, view, at),
    join: async (place, poolId) => {
      if (always.includes(destinationOf(place))) return
      await subscriptions.change(place, (before) => {
        if (before === null) return { ...newSubscription(place), pools: [poolId] }
        // A channel that wants all has it already.
        if (before.pools.length === 0 || before.pools.includes(poolId)) return null
        return { ...before, pools: [...before.pools, poolId] }
      })
    },
    leave: async (destination) => {
      const channel = await find(destination)
      if (channel !== null) await subscriptions.remove(channel.place)
      await held.forget(destination)
      await outbox.leave(destination)
    },
    settings: async (place) => (always.includes(destinationOf(place)) ? 'always' : subscriptions.get(place)),
    change: subscriptions.change,
    subscriptions: subscriptions.all,
    showDigests: async (now) =>
      forEachSettled(await subscriptions.all(), (channel) => showDigests({ outbox, held }, channel, now)),
    put: async (destination, cardId, view, at) => void (await outbox.put(destination, cardId, view, at)),
    tellOthers: async (about, except, cardId, view, at) => {
      await put(always, cardId, view, at)
      const left = new Set([about, ...except])
      const team = await find(about)
      for (const channel of team === null ? [] : await subscriptions.of(team.place.tenant)) {
        if (!left.has(destinationOf(channel.place))) await tellOne(channel, cardId, view, at)
      }
    },
    tellOperator: (cardId, view, at) => put(always, cardId, view, at),
  }
}

/** Does the work for each, whatever becomes of the others; throws the first failure when all have had their turn. */
export async function forEachSettled<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
