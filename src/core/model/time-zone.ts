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
