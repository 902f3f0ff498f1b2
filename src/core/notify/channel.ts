import type { Card } from '../cards/card.ts'
import type { NotifyLevel, ScheduledShow, Subscription } from '../model/subscription.ts'
import { instantOf, timeZoneOf, type TimeZone } from '../model/time-zone.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAY_MINUTES = 1440

/** Whether a channel of that level gets it. */
export function wanted(level: NotifyLevel, { urgency }: Card): boolean {
  switch (level) {
    case 'all':
      return true
    case 'changes':
      return urgency !== 'detail'
    case 'trouble':
      return urgency === 'trouble'
    case 'off':
      return false
  }
}

/**
 * Since when a channel is spared, epoch ms; null: it is not. In quiet hours, by the clocks of its time zone, or snoozed;
 * when both, since the earlier.
 */
export function sparedSince(of: Pick<Subscription, 'quiet' | 'snooze' | 'timeZone'>, now: number): number | null {
  const snoozed = of.snooze !== null && now < of.snooze.until ? of.snooze.from : null
  const quiet = quietSince(of, now)
  return snoozed === null ? quiet : quiet === null ? snoozed : Math.min(snoozed, quiet)
}

/** From the last time the clocks showed `from` until they first show `to` after it, also in nights in which they are set. */
function quietSince({ quiet, timeZone }: Pick<Subscription, 'quiet' | 'timeZone'>, now: number): number | null {
  if (quiet === null) return null
  const zone = timeZoneOf(timeZone ?? 'UTC')
  const today = Math.floor((now + zone.offsetMs(now)) / DAY_MS) * DAY_MS
  const length = (quiet.to - quiet.from + DAY_MINUTES) % DAY_MINUTES
  // Where a date was skipped or the clocks went back over midnight, the newest may be of a day that is not today's.
  for (const midnight of [today + DAY_MS, today, today - DAY_MS]) {
    const begins = midnight + quiet.from * MINUTE_MS
    const since = instantOf(begins, zone)
    if (since <= now) return now < instantOf(begins + length * MINUTE_MS, zone) ? since : null
  }
  return null
}

/** The newest minute, up to `now`, of a weekly time by the clocks of a zone: its instant, and as those clocks show it. */
export function lastWeekly(
  { weekday, minute }: { readonly weekday: number; readonly minute: number },
  timeZone: string | null,
  now: number,
): Time {
  return lastOn(weekday, minute, timeZoneOf(timeZone ?? 'UTC'), now)
}

interface Time {
  readonly at: number
  readonly clock: string
}

function lastOn(weekday: number, minute: number, zone: TimeZone, now: number): Time {
  const wall = now + zone.offsetMs(now)
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS
  const today = new Date(wall).getUTCDay()
  const thisWeek = midnight - ((today - weekday + 7) % 7) * DAY_MS + minute * MINUTE_MS
  const [due, before] = [thisWeek, thisWeek - 7 * DAY_MS].map((shown) => ({ shown, at: instantOf(shown, zone) }))
  const { shown, at } = due!.at <= now ? due! : before!
  return { at, clock: new Date(shown).toISOString().slice(0, 16) }
}

/** When it is shown: days of the week (0 is Sunday) at a minute of the day, by the clocks of a zone. */
type Times = Pick<ScheduledShow, 'weekdays' | 'minute' | 'timeZone'>

/** The newest of these times, up to `now`. */
export function lastTime(times: Times, now: number): Time {
  return lastOf(times, timeZoneOf(times.timeZone), now)
}

function lastOf({ weekdays, minute }: Times, zone: TimeZone, now: number): Time {
  const all = weekdays.map((weekday) => lastOn(weekday, minute, zone, now))
  return all.reduce((last, one) => (one.at > last.at ? one : last))
}

/** What is due by now and was not shown; `late`: it was due so long ago that it is not shown any more. null: nothing. */
export function dueTime(
  show: Times & Pick<ScheduledShow, 'last'>,
  now: number,
): (Time & { readonly late: boolean }) | null {
  const zone = timeZoneOf(show.timeZone)
  const due = lastOf(show, zone, now)
  // Shown by a clock that was ahead, it would not be shown again for as long.
  const early = show.weekdays.some((day) => show.last > lastOn(day, show.minute, zone, now + 7 * DAY_MS).clock)
  if (due.clock <= show.last && !early) return null
  return { ...due, late: early || now - due.at > DAY_MS }
}

const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** `every Monday and Thursday at 09:00 (Europe/Berlin)`. */
export function timesInWords({ weekdays, minute, timeZone }: Times): string {
  const days = [...weekdays].toSorted((a, b) => ((a + 6) % 7) - ((b + 6) % 7))
  const names = days.map((day) => DAY_NAMES[day] ?? '')
  const which =
    days.length === 7
      ? 'day'
      : days.join(',') === '1,2,3,4,5'
        ? 'weekday'
        : [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' and ')
  return `every ${which} at ${clockOf(minute)} (${timeZone})`
}

/** `09:00`. */
export function clockOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

/**
 * Which card of a destination that is behind goes first, lowest first: questions and bad news (a question's outcome too,
 * so that its buttons go), final states, cards not yet shown, and at last what merely moves on.
 */
export function rankOf({ pressing, final }: Card, shown: boolean): number {
  if (pressing === 'always' || (pressing === 'once' && !shown)) return 0
  if (final) return 1
  return shown ? 3 : 2
}
