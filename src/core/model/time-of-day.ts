import { instantOf, type TimeZone } from './time-zone.ts'

const DAY_MS = 86_400_000
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** How long until the clocks of `zone` next show this minute of the day, ms; `now` is epoch ms. */
export function untilMinute(minute: number, now: number, zone: TimeZone): number {
  const today = Math.floor((now + zone.offsetMs(now)) / DAY_MS) * DAY_MS
  for (let day = 0; day < 3; day++) {
    const at = instantOf(today + day * DAY_MS + minute * 60_000, zone)
    if (at > now) return at - now
  }
  return DAY_MS
}

/** `18:00 CEST`, or on another day than `now` `Tue 3 Mar 18:00 CET`. */
export function timeOfDay(at: number, now: number, zone: TimeZone): string {
  const wall = new Date(at + zone.offsetMs(at))
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())} ${zone.nameAt(at)}`
  const sameDay = dayOf(at, zone) === dayOf(now, zone)
  if (sameDay) return time
  return `${WEEKDAYS[wall.getUTCDay()]!} ${wall.getUTCDate()} ${MONTHS[wall.getUTCMonth()]!} ${time}`
}

function dayOf(at: number, zone: TimeZone): number {
  return Math.floor((at + zone.offsetMs(at)) / DAY_MS)
}
