import type { Logger } from 'pino'
import { messageOf } from '../core/model/error.ts'
import { forEachSettled, type Notices } from './notices.ts'
import { viewOf } from '../core/cards/words.ts'
import { destinationOf } from '../core/model/platforms.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { SummaryView, View } from '../core/model/view.ts'
import type { ScheduledShow, Subscription } from '../core/model/subscription.ts'
import { dueTime, lastWeekly } from '../core/notify/channel.ts'

const EVERY_MS = 1000
const MINUTE_MS = 60_000

/** Looks again and again for what channels get at certain times: digests, weekly summaries, pictures. */
export function startSchedule(options: {
  readonly notices: Notices
  readonly weekly: WeeklyFacts
  readonly shows: ShowFacts
  readonly now: () => number
  readonly log: Logger
  /** After each look. */
  readonly posted: () => void
}): { stop(): Promise<void> } {
  const { notices, weekly, shows, now } = options
  let shownMinute = -1
  const showEachMinute = async (): Promise<void> => {
    const minute = Math.floor(now() / MINUTE_MS)
    if (minute === shownMinute) return
    await showDue(shows, now())
    // What failed is looked at again at once.
    shownMinute = minute
  }
  const loops = [
    [() => notices.showDigests(now()), () => tellWeekly(weekly, now())],
    // Drawn beside the rest, which is not to wait for it.
    [showEachMinute],
  ].map((due) => startLoop(due, options))
  return { stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))) }
}

function startLoop(
  due: readonly (() => Promise<void>)[],
  { log, posted }: { readonly log: Logger; readonly posted: () => void },
): { stop(): Promise<void> } {
  let looking: Promise<void> | null = null
  let troubled = false
  const look = async (): Promise<void> => {
    try {
      await forEachSettled(due, (tell) => tell())
      troubled = false
    } catch (error) {
      if (!troubled) log.warn({ reason: messageOf(error) }, 'could not send what was due; will try again')
      troubled = true
    }
    posted()
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = null))
  }, EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

/** A pool's summary of a stretch of time, epoch ms. */
export type Summarise = (state: PoolState, fromAt: number, toAt: number) => Promise<SummaryView>

/** Who gets the summary, and of which pools. */
export interface WeeklyFacts {
  readonly notices: Notices
  /** The pools of a tenant; null: the installation's own team's. */
  readonly poolsOf: (tenant: string | null) => Promise<readonly PoolState[]>
  readonly summarise: Summarise
}

const WEEK_MS = 7 * 86_400_000
/** A bot that was away at the time tells it up to this much later, and then not until next week. */
const LATEST_MS = 86_400_000

/**
 * Tells the weekly summary in every channel for which its time has come. The card is named by that time, so that two bots,
 * or one that dies in between, make one of it.
 */
export async function tellWeekly(facts: WeeklyFacts, now: number): Promise<void> {
  await forEachSettled(await facts.notices.subscriptions(), (channel) => tellIn(facts, channel, now))
}

async function tellIn(facts: WeeklyFacts, channel: Subscription, now: number): Promise<void> {
  const { notices, poolsOf, summarise } = facts
  const { weekly, timeZone, place } = channel
  if (weekly === null) return
  const due = lastWeekly(weekly, timeZone, now)
  // Posted by a clock that was ahead, it would not be posted again for as long.
  const early = weekly.last > lastWeekly(weekly, timeZone, now + WEEK_MS).clock
  if (due.clock <= weekly.last && !early) return
  if (now - due.at <= LATEST_MS && !early) {
    const seen = await poolsOf(place.tenant)
    for (const state of wantedIn(channel, seen)) {
      const bare = await summarise(state, due.at - WEEK_MS, due.at)
      const view = viewOf(bare, { id: state.pool.id, name: state.pool.name, named: seen.length > 1 })
      const cardId = `summary:${state.pool.id}:${due.clock}`
      await notices.put(destinationOf(place), cardId, view, now)
      if (place.tenant === null) await notices.tellOperator(cardId, view, now)
    }
  }
  await notices.change(place, (before) => {
    if (before === null || before.weekly === null || before.weekly.last !== weekly.last) return null
    return { ...before, weekly: { ...before.weekly, last: due.clock } }
  })
}

/** What pictures that are due are made from. */
export interface ShowFacts {
  readonly notices: Pick<Notices, 'shows' | 'put'>
  readonly poolsOf: WeeklyFacts['poolsOf']
  /** The picture up to that instant, or why it cannot be drawn. Throws what may be otherwise in a moment. */
  readonly draw: (state: PoolState, show: ScheduledShow, at: number) => Promise<View>
}

/** Shows the pictures whose time has come; each card is named by that time, as the summary's. */
export async function showDue({ notices, poolsOf, draw }: ShowFacts, now: number): Promise<void> {
  await forEachSettled(await notices.shows.all(), async ({ place, shows }) => {
    await forEachSettled(shows, async (show) => {
      const due = dueTime(show, now)
      if (due === null) return
      const seen = due.late ? [] : await poolsOf(place.tenant)
      const state = seen.find(({ pool }) => pool.id === show.poolId && pool.phase === 'ready')
      if (state !== undefined) {
        const { id, name } = state.pool
        const view = viewOf(await draw(state, show, due.at), { id, name, named: seen.length > 1 })
        await notices.put(destinationOf(place), `show:${show.id}:${due.clock}`, view, now)
      }
      await notices.shows.change(place, (before) => {
        const one = before?.shows.find(({ id }) => id === show.id)
        if (before === null || one?.last !== show.last) return null
        return { ...before, shows: before.shows.map((other) => (other === one ? { ...one, last: due.clock } : other)) }
      })
    })
  })
}

function wantedIn({ pools }: Subscription, seen: readonly PoolState[]): readonly PoolState[] {
  return seen.filter(({ pool }) => pool.phase === 'ready' && (pools.length === 0 || pools.includes(pool.id)))
}
