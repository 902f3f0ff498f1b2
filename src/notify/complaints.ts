import type { Logger } from 'pino'
import type { Redis } from 'ioredis'
import { cardOf } from '../core/cards/cards.ts'
import { messageOf } from '../core/model/error.ts'
import type { AlertView } from '../core/model/view.ts'
import type { Hearing } from '../chat/chat.ts'
import { createChannelShows, createRefusals, createSubscriptions, type Refusals } from '../store/subscriptions.ts'
import type { Complaints } from './delivery/queue.ts'
import { createNotices, type Notices } from './notices.ts'
import { createPoolStore } from '../store/pool-store.ts'
import { createHeldCards } from '../store/held.ts'
import type { Outbox } from '../store/outbox.ts'

/** A channel that was refused for so long is left. */
const LONGEST_MS = 7 * 86_400_000

/**
 * Reports what could not be delivered: a card on the console, a whole channel there and in the other channels of its team;
 * and a chat from which nothing comes, to the installation's own team.
 * Never throws: it is called while something else is being done.
 */
function createComplaints(options: {
  readonly notices: Notices
  readonly refusals: Refusals
  readonly now: () => number
  readonly log: Logger
}): Complaints & { readonly hearing: Hearing } {
  const { notices, refusals, now, log } = options
  const quietly =
    <A extends unknown[]>(work: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      try {
        await work(...args)
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'could not report what could not be delivered')
      }
    }
  const ended = async (destination: string, text: string): Promise<void> => {
    const since = await refusals.end(destination)
    if (since === null) return
    const view = alert(`Resolved: ${unreachable(destination)}`, text, null, since)
    const resolved: AlertView = { ...view, tone: 'good', state: 'resolved', resolvedAt: now() }
    await notices.tellOthers(destination, [], `unreachable:${destination}:${since}`, resolved, now())
  }
  return {
    hearing: quietly(async ({ platform, label = platform }, trouble) => {
      const key = `hearing:${platform}`
      const since = trouble === null ? await refusals.end(key) : await refusals.begin(key, now())
      if (since === null) return
      const title = `Nothing typed or pressed in ${label} reaches me`
      const reason = trouble?.message ?? 'Commands and buttons work again.'
      const active = alert(title, reason, 'I keep trying. Until then use the console or another chat.', since)
      const resolved = { title: `Resolved: ${title}`, fix: null, tone: 'good', state: 'resolved' } as const
      const view: AlertView = trouble === null ? { ...active, ...resolved, resolvedAt: now() } : active
      await notices.tellInstallation(`${key}:${since}`, view, now())
    }),
    cardRefused: quietly(async (destination, card, reason) => {
      const id = `refused:${destination}:${card.id}`
      const team = await notices.teamOf(destination)
      const title = `A card could not be shown in ${nameOf(destination)}`
      const text = `“${cardOf(card.view).headline}” was refused: ${reason} Later cards are not affected.`
      if (team === 'another') return notices.tellOthers(destination, [], id, alert(title, text, null, card.at), now())
      // Whose it is is not known: what it says may be for others.
      const view =
        team === 'own'
          ? alert(title, text, 'See the log; what the card says is here on the console.', card.at)
          : alert('A card could not be shown in a channel', `It was refused: ${reason}`, 'The log names it.', card.at)
      await notices.tellOperator(id, view, now())
    }),
    destinationRefused: quietly(async (destination, reason) => {
      const since = await refusals.begin(destination, now())
      if (now() - since > LONGEST_MS) {
        const text =
          'It was refused for a week, so I stopped posting there. Type /spinup notify all there to get cards again.'
        await ended(destination, text)
        return notices.leave(destination)
      }
      const fix = 'Invite me to the channel again, or install the app again; I try again every ten minutes.'
      const view = alert(unreachable(destination), reason, fix, since)
      // Where a whole workspace refuses, its channels would only pile up word of each other.
      const except = await refusals.all()
      await notices.tellOthers(destination, except, `unreachable:${destination}:${since}`, view, now())
    }),
    arrived: quietly((destination) => ended(destination, 'Waiting cards were delivered in their newest state.')),
  }
}

function unreachable(destination: string): string {
  return `I cannot post to ${nameOf(destination)}`
}

/** `slack:T1/C2` → `T1/C2 on slack`; only the platform knows what people call it. */
function nameOf(destination: string): string {
  const [platform = '', channel = ''] = destination.split(/:(.*)/s)
  return `channel ${channel} on ${platform}`
}

function alert(title: string, text: string, fix: string | null, since: number): AlertView {
  const none = { facts: [], actions: [], resolvedAt: null } as const
  return { kind: 'alert', tone: 'warn', title, text, fix, state: 'active', since, ...none }
}

/** The notices on Redis, and what the delivery reports of its failures. `always`: destinations that get everything. */
export function openNotices(options: {
  readonly redis: Redis
  readonly outbox: Outbox
  readonly always: readonly string[]
  readonly consoleUrl?: string | null
  readonly now: () => number
  readonly log: Logger
}): { readonly notices: Notices; readonly complaints: ReturnType<typeof createComplaints> } {
  const { redis, outbox, always, consoleUrl = null, now, log } = options
  const notices = createNotices({
    outbox,
    subscriptions: createSubscriptions(redis),
    shows: createChannelShows(redis),
    held: createHeldCards(redis),
    always,
    consoleUrl,
    whose: createPoolStore(redis).whose,
  })
  return { notices, complaints: createComplaints({ notices, refusals: createRefusals(redis), now, log }) }
}
