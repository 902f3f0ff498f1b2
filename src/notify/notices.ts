import { viewOf } from '../core/cards/words.ts'
import type { PoolStore } from '../store/pool-store.ts'
import { cardOf } from '../core/cards/cards.ts'
import { destinationOf, type Place } from '../core/model/platforms.ts'
import type { DigestView, View } from '../core/model/view.ts'
import type { Digest, HeldCards } from '../store/held.ts'
import type { Outbox } from '../store/outbox.ts'
import { newSubscription, type Channels, type Subscriptions } from '../store/subscriptions.ts'
import type { ChannelShows, Subscription } from '../core/model/subscription.ts'
import { pageOf } from '../core/pool/episodes.ts'
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
  /** The pictures that channels get regularly. */
  readonly shows: Pick<Channels<ChannelShows>, 'get' | 'change' | 'all'>
  /** Shows the digests of channels that are spared no longer. */
  showDigests(now: number): Promise<void>
  /** A card into one channel, at once. */
  put(destination: string, cardId: string, view: View, at: number): Promise<void>
  /** Whose channel it is; `unknown`: it gets nothing by itself. */
  teamOf(destination: string): Promise<'own' | 'another' | 'unknown'>
  /** Nobody gets word of a pool that is forgotten; a channel that wanted no other gets all there are. */
  forgetPool(tenant: string | null, poolId: string): Promise<void>
  /**
   * Into the other channels of the team whose channel this is, except those for which it is the same; of the
   * installation's own team also where it always looks.
   */
  tellOthers(about: string, except: readonly string[], cardId: string, view: View, at: number): Promise<void>
  /** What is about the installation itself: into the channels of its own team, and where that always looks. */
  tellInstallation(cardId: string, view: View, at: number): Promise<void>
  /** Where the installation's own team always looks, and nowhere else. */
  tellOperator(cardId: string, view: View, at: number): Promise<void>
}

export interface NoticeOptions {
  readonly outbox: Outbox
  readonly subscriptions: Subscriptions
  readonly shows: Channels<ChannelShows>
  readonly held: HeldCards
  /** Destinations that get everything of the installation's own pools. */
  readonly always: readonly string[]
  readonly whose: PoolStore['whose']
  /** Where people open the console, without a trailing slash; null: only on its own machine. */
  readonly consoleUrl?: string | null
}

export function createNotices(options: NoticeOptions): Notices {
  const { outbox, subscriptions, shows, held, always, whose, consoleUrl = null } = options
  // Only the installation's own team has the console.
  const withPage = (cardId: string, view: View, tenant: string | null): View => {
    const id = tenant === null ? pageOf(cardId) : null
    return id === null ? view : { ...view, page: { id, url: consoleUrl === null ? null : `${consoleUrl}/e/${id}` } }
  }
  const put = async (destinations: Iterable<string>, cardId: string, view: View, at: number): Promise<void> => {
    for (const destination of new Set(destinations)) {
      await outbox.put(destination, cardId, always.includes(destination) ? unsnoozed(view) : view, at)
    }
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
      const view = withPage(cardId, viewOf(bare, pool), tenant)
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
      const shown = (await shows.all()).find(({ place }) => destinationOf(place) === destination)
      if (shown !== undefined) await shows.remove(shown.place)
      await held.forget(destination)
      await outbox.leave(destination)
    },
    settings: async (place) => (always.includes(destinationOf(place)) ? 'always' : subscriptions.get(place)),
    change: subscriptions.change,
    subscriptions: subscriptions.all,
    shows,
    showDigests: async (now) =>
      forEachSettled(await subscriptions.all(), (channel) => showDigests({ outbox, held }, channel, now)),
    put: async (destination, cardId, view, at) => void (await outbox.put(destination, cardId, view, at)),
    teamOf: async (destination) => {
      if (always.includes(destination)) return 'own'
      const channel = await find(destination)
      return channel === null ? 'unknown' : channel.place.tenant === null ? 'own' : 'another'
    },
    forgetPool: async (tenant, poolId) => {
      for (const { place } of await shows.of(tenant)) {
        await shows.change(place, (channel) => {
          const left = channel?.shows.filter((show) => show.poolId !== poolId) ?? []
          return channel === null || left.length === channel.shows.length ? null : { ...channel, shows: left }
        })
      }
      for (const { place, pools } of await subscriptions.of(tenant)) {
        if (!pools.includes(poolId)) continue
        await subscriptions.change(place, (channel) =>
          channel === null ? null : { ...channel, pools: channel.pools.filter((id) => id !== poolId) },
        )
      }
    },
    tellOthers: async (about, except, cardId, view, at) => {
      const left = new Set([about, ...except])
      const team = await find(about)
      if (team?.place.tenant === null) await put(always, cardId, view, at)
      for (const channel of team === null ? [] : await subscriptions.of(team.place.tenant)) {
        if (!left.has(destinationOf(channel.place))) await tellOne(channel, cardId, view, at)
      }
    },
    tellInstallation: async (cardId, view, at) => {
      await put(always, cardId, view, at)
      for (const channel of await subscriptions.of(null)) {
        if (!always.includes(destinationOf(channel.place))) await tellOne(channel, cardId, view, at)
      }
    },
    tellOperator: (cardId, view, at) => put(always, cardId, view, at),
  }
}

/** Where everything is shown nothing can be snoozed: a button that cannot work is not there. */
function unsnoozed(view: View): View {
  if (!('actions' in view)) return view
  return { ...view, actions: view.actions.filter(({ action }) => !action.startsWith('run:/spinup snooze')) }
}

/** Does the work for each, whatever becomes of the others; throws the first failure when all have had their turn. */
export async function forEachSettled<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/**
 * Makes the digest of a channel that is spared no longer, and shows those whose cards have moved on since. Two bots that do
 * so at once, or one that dies in between, make the same: what is due stays due until it was put as it is.
 */
async function showDigests(
  { outbox, held }: { readonly outbox: Outbox; readonly held: HeldCards },
  channel: Subscription,
  now: number,
): Promise<void> {
  const destination = destinationOf(channel.place)
  if (sparedSince(channel, now) === null && (await held.waiting(destination))) await held.close(destination, now)
  for (const [digestId, mark] of await held.due(destination)) {
    await show(outbox, held, destination, digestId)
    await held.shown(destination, digestId, mark)
  }
}

async function show(outbox: Outbox, held: HeldCards, destination: string, digestId: string): Promise<void> {
  for (let before = ''; ;) {
    const digest = await held.digest(destination, digestId)
    const now = digest === null ? '' : JSON.stringify(digestView(digest))
    // Looked at once more after it was put: another bot may have put a newer one in between, and this overwrote it.
    if (digest === null || now === before) return
    await outbox.put(destination, digestId, digestView(digest), digest.toAt)
    before = now
  }
}

function digestView({ fromAt, toAt, cards }: Digest): DigestView {
  return {
    kind: 'digest',
    fromAt,
    toAt,
    entries: [...cards.values()].toSorted((a, b) => a.at - b.at),
    actions: [{ action: 'run:/spinup status', label: 'Status', style: 'primary' }],
  }
}
