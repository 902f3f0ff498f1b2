import { timeZoneOf, type TimeZone } from '../../core/model/time-zone.ts'
import type { Subscription } from '../../store/subscriptions.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAY_MINUTES = 1440

/**
 * Since when a channel is spared, epoch ms; null: it is not. In quiet hours, by the clocks of its time zone, or snoozed;
 * when both, since the earlier.
 */
export function sparedSince(of: Pick<Subscription, 'quiet' | 'snooze' | 'timeZone'>, now: number): number | null {
  const snoozed = of.snooze !== null && now < of.snooze.until ? of.snooze.from : null
  const quiet = quietSince(of, now)
  return snoozed === null ? quiet : quiet === null ? snoozed : Math.min(snoozed, quiet)
}

function quietSince({ quiet, timeZone }: Pick<Subscription, 'quiet' | 'timeZone'>, now: number): number | null {
  if (quiet === null) return null
  const zone = timeZoneOf(timeZone ?? 'UTC')
  const wall = now + zone.offsetMs(now)
  const minute = Math.floor((wall % DAY_MS) / MINUTE_MS)
  const into = (minute - quiet.from + DAY_MINUTES) % DAY_MINUTES
  const length = (quiet.to - quiet.from + DAY_MINUTES) % DAY_MINUTES
  if (into >= length) return null
  return instantOf(Math.floor(wall / MINUTE_MS) * MINUTE_MS - into * MINUTE_MS, zone)
}

/** The newest minute, up to `now`, of a weekly time by the clocks of a zone: its instant, and as those clocks show it. */
export function lastWeekly(
  { weekday, minute }: { readonly weekday: number; readonly minute: number },
  timeZone: string | null,
  now: number,
): { readonly at: number; readonly clock: string } {
  const zone = timeZoneOf(timeZone ?? 'UTC')
  const wall = now + zone.offsetMs(now)
  const midnight = Math.floor(wall / DAY_MS) * DAY_MS
  const today = new Date(wall).getUTCDay()
  const thisWeek = midnight - ((today - weekday + 7) % 7) * DAY_MS + minute * MINUTE_MS
  const clock = thisWeek <= wall ? thisWeek : thisWeek - 7 * DAY_MS
  return { at: instantOf(clock, zone), clock: new Date(clock).toISOString().slice(0, 16) }
}

/**
 * The instant at which a zone's clocks show that time (as epoch ms, were they UTC's). The first where they show it twice;
 * where they skip it, the one at which they do.
 */
function instantOf(wall: number, zone: TimeZone): number {
  // The offset of shortly before and after: either is right except around a change, where one of them is.
  const offsets = [zone.offsetMs(wall - DAY_MS), zone.offsetMs(wall + DAY_MS)]
  const tried = offsets.map((offset) => wall - offset).toSorted((a, b) => a - b)
  const found = tried.find((at) => at + zone.offsetMs(at) === wall)
  return found ?? changeBetween(tried[0] ?? wall, tried[1] ?? wall, zone)
}

/** When the clocks are set, to the minute: they are between the two. */
function changeBetween(from: number, to: number, zone: TimeZone): number {
  const after = zone.offsetMs(to)
  let [before, at] = [from, to]
  while (at - before > MINUTE_MS) {
    const middle = before + Math.floor((at - before) / 2 / MINUTE_MS) * MINUTE_MS
    if (zone.offsetMs(middle) === after) at = middle
    else before = middle
  }
  return at
}
