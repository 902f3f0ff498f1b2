const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** How a place's clocks differ from UTC. */
export interface TimeZone {
  /** What to add to epoch ms for that place's wall clock, ms. */
  offsetMs(at: number): number
  /** What people call it at that instant, e.g. `UTC`, `CET`, `GMT+5:30`. */
  nameAt(at: number): string
}

export const UTC: TimeZone = { offsetMs: () => 0, nameAt: () => 'UTC' }

/** The zone of an IANA name, e.g. `Europe/Berlin`; throws `RangeError` when there is none such. */
export function timeZoneOf(name: string): TimeZone {
  if (name === 'UTC') return UTC
  const part = (timeZoneName: 'short' | 'longOffset'): ((at: number) => string) => {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: name, timeZoneName })
    return (at) => format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? name
  }
  const [short, offset] = [part('short'), part('longOffset')]
  return {
    offsetMs: (at) => (known(at) ? offsetOf(offset(at)) : 0),
    nameAt: (at) => (known(at) ? short(at) : name),
  }
}

/** The zone of that name, or UTC: of nothing, and of a name no machine knows (any more). */
export function zoneOf(name: string | undefined): TimeZone {
  try {
    return name === undefined ? UTC : timeZoneOf(name)
  } catch {
    return UTC
  }
}

/** Beyond it no calendar goes, and Intl throws. */
function known(at: number): boolean {
  return Math.abs(at) <= 8.64e15
}

/** `GMT+05:30` → 19 800 000; `GMT` → 0. */
function offsetOf(text: string): number {
  const found = /([+-])(\d+):(\d+)(?::(\d+))?$/.exec(text)
  if (found === null) return 0
  const [, sign, hours, minutes, seconds = '0'] = found
  return (sign === '-' ? -1000 : 1000) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds))
}

/**
 * The instant at which a zone's clocks show that time (`wall`: as epoch ms, were they UTC's). The first where they show
 * it twice; where they skip it, the one at which they do.
 */
export function instantOf(wall: number, zone: TimeZone): number {
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

/** `18:00 CEST`, or on another day than `now` `Tue 3 Mar 18:00 CET`; on one of another year the year is there, too. */
export function timeOfDay(at: number, now: number, zone: TimeZone): string {
  const time = `${clockMinutes(at, zone)} ${zone.nameAt(at)}`
  if (isSameDay(at, now, zone)) return time
  const year = wall(at, zone).getUTCFullYear()
  const date = year === wall(now, zone).getUTCFullYear() ? day(at, zone) : `${day(at, zone)} ${year}`
  return `${WEEKDAYS[wall(at, zone).getUTCDay()]!} ${date} ${time}`
}

/** Whether both instants are of one day there. */
export function isSameDay(one: number, other: number, zone: TimeZone): boolean {
  const dayOf = (at: number): number => Math.floor((at + zone.offsetMs(at)) / DAY_MS)
  return dayOf(one) === dayOf(other)
}

/** `14:12`. */
export function clockMinutes(at: number, zone: TimeZone): string {
  return clockSeconds(at, zone).slice(0, 5)
}

/** `14:12:05`. */
export function clockSeconds(at: number, zone: TimeZone): string {
  return wall(at, zone).toISOString().slice(11, 19)
}

/** `22 Nov`. */
export function day(at: number, zone: TimeZone): string {
  const date = wall(at, zone)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`
}

/** The date whose UTC fields read as the zone's clock does. */
export function wall(at: number, zone: TimeZone): Date {
  const date = new Date(at + zone.offsetMs(at))
  return Number.isNaN(date.getTime()) ? new Date(0) : date
}
