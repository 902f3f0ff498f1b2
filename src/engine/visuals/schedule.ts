import { answer } from '../../core/model/answer.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Asker, Place } from '../../core/model/platforms.ts'
import type { ScheduledShow } from '../../core/model/subscription.ts'
import type { Action, View } from '../../core/model/view.ts'
import { lastTime, timesInWords } from '../../core/notify/channel.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import { showView, type ShowAsked } from './show.ts'

/** In one channel. */
const MOST_SHOWS = 10
/** What cannot be drawn now is tried again for so long, every second. */
const PATIENCE_MS = 30_000

/** From now on the channel gets that picture at these times; throws `limited` where it has ten already. */
export async function scheduleShow(
  services: Services,
  state: PoolState,
  { asker, asked }: { readonly asker: Asker; readonly asked: ShowAsked },
  times: Pick<ScheduledShow, 'weekdays' | 'minute' | 'timeZone'>,
): Promise<ScheduledShow> {
  const now = services.now()
  const show: ScheduledShow = {
    ...asked,
    ...times,
    id: `s${services.newId()}`,
    poolId: state.pool.id,
    by: asker.actor.name,
    // What was due before it was asked for is not shown.
    last: lastTime(times, now).clock,
  }
  let full = false
  await services.notices.shows.change(asker.place, (before) => {
    const shows = before?.shows ?? []
    full = shows.length >= MOST_SHOWS
    return full ? null : { place: asker.place, shows: [...shows, show] }
  })
  if (!full) return show
  const message = `This channel gets ${MOST_SHOWS} pictures regularly already, which is as many as there may be. \`/spinup show schedules\` lists them.`
  throw new SpinupError('limited', message, { retryable: false })
}

/** Those of a channel, in the order they were asked for. */
export async function scheduledIn(services: Services, place: Place): Promise<readonly ScheduledShow[]> {
  return (await services.notices.shows.get(place))?.shows ?? []
}

/** Throws `notFound` where the channel has none of that id. */
export async function stopShow(services: Services, place: Place, id: string): Promise<ScheduledShow> {
  let stopped: ScheduledShow | null = null
  await services.notices.shows.change(place, (before) => {
    stopped = before?.shows.find((show) => show.id === id) ?? null
    return before === null || stopped === null
      ? null
      : { ...before, shows: before.shows.filter((show) => show.id !== id) }
  })
  if (stopped !== null) return stopped
  throw new SpinupError('notFound', 'This channel does not get that picture any more; nothing was changed.')
}

/** Ends it, wherever it is shown. */
export function stopAction({ id }: ScheduledShow, label = 'Stop'): Action {
  return { action: `run:/spinup visuals stop ${id}`, label, style: 'plain' }
}

/** The picture whose time has come, or why there is none. Throws what may be otherwise in a moment, for half a minute. */
export async function scheduledView(
  services: Services,
  state: PoolState,
  show: ScheduledShow,
  at: number,
): Promise<View> {
  const words = `${timesInWords(show)}, requested by ${show.by}`
  try {
    const view = await showView(services, state, show, { toAt: at, id: `${show.id}-${at}` })
    return { ...view, others: [], schedule: { words, actions: [stopAction(show)] } }
  } catch (error) {
    const known = error instanceof SpinupError
    if ((!known || error.retryable) && services.now() - at < PATIENCE_MS) throw error
    if (!known) services.log.error({ err: error }, 'a picture whose time has come could not be drawn')
    const why = known ? error.message : 'Something went wrong inside; the log says what.'
    return answer('warn', `${show.visual} could not be shown`, `${why}\n\nIt comes ${words}.`, [stopAction(show)])
  }
}
