import { parseDuration } from '../../model/duration.ts'
import { SpinupError } from '../../model/error.ts'
import type { CalendarWindow, Policy } from '../../model/policy.ts'
import { timeZoneOf } from '../../model/time-zone.ts'
import { bad, NONE, type PolicyField } from './field.ts'

const MINUTE_MS = 60_000
const LONGEST_MS = 7 * 24 * 60 * MINUTE_MS
const MOST = 20
const MOST_MEMBERS = 1000
/** Numbers, names of days and months, ranges, lists and steps; what they mean is checked where they are followed. */
const CRON_FIELD = /^[\dA-Za-z*/,\-#?]+$/
/** `@daily` and the like. */
const NICKNAME = /^@[a-z]+$/i
const WANTED = 'CRON for TIME min=N (or max=N, or both) and a time zone, e.g. "0 8 * * 1-5 for 10h min=4 Europe/Berlin"'

/** Stretches of the calendar that raise min or max, several with `;` between them. */
export const calendar: PolicyField = {
  name: 'calendar',
  meaning: 'when min or max are higher: cron lines, for how long, and the time zone (UTC if none is given)',
  example: 'calendar="0 8 * * 1-5 for 10h min=4 Europe/Berlin"',
  read: (policy) => (policy.calendar.length === 0 ? NONE : policy.calendar.map((one) => windowText(one)).join('; ')),
  write: (policy, text) => {
    const plain = text.trim().replaceAll(/^["'“”„«»]+|["'“”„«»]+$/g, '')
    if (plain.trim().toLowerCase() === NONE) return { ...policy, calendar: [] }
    const windows = plain.split(';').map((part) => windowOf(part.trim(), part.trim()))
    if (windows.length > MOST) throw bad('calendar', text, `at most ${MOST} windows`)
    return { ...policy, calendar: windows }
  },
}

/** Throws when a window asks for more members than max allows, which nobody means. */
export function checkCalendar(policy: Policy): void {
  for (const window of policy.calendar) {
    const max = Math.max(policy.max, window.max ?? 0)
    if (window.min === null || window.min <= max) continue
    throw new SpinupError(
      'badInput',
      `The calendar’s min ${window.min} (${window.cron}) is above max ${max}: give that window a max too. Nothing was changed.`,
    )
  }
}

function windowOf(part: string, text: string): CalendarWindow {
  const [cron = '', rest, ...more] = part.split(/\s+for\s+/i)
  const fields = cron.split(/\s+/)
  if (rest === undefined || more.length > 0) throw bad('calendar', text, WANTED)
  const written = (fields.length === 5 || fields.length === 6) && fields.every((field) => CRON_FIELD.test(field))
  if (!written && !NICKNAME.test(cron)) {
    const line = 'a cron line of five parts (minute hour day month weekday), or one such as @daily'
    throw bad('calendar', text, `${line}, before “for”: ${WANTED}`)
  }
  const words = rest.split(/\s+/)
  const limits = words.filter((word) => word.includes('='))
  const others = words.filter((word) => !word.includes('='))
  const { forMs, left } = spanOf(others)
  if (forMs === null || forMs < MINUTE_MS || forMs > LONGEST_MS || forMs % MINUTE_MS !== 0) {
    throw bad('calendar', text, `after “for” a time from 1 min to 7 d in whole minutes: ${WANTED}`)
  }
  const [timeZone = 'UTC', ...surplus] = left
  if (surplus.length > 0) throw bad('calendar', text, WANTED)
  return { cron: fields.join(' '), forMs, timeZone: zone(timeZone, text), ...limitsOf(limits, text) }
}

/** `10h`, `10 h` or `1 h 30 min` at the beginning: the longest run of words that reads as one time. */
function spanOf(words: readonly string[]): { readonly forMs: number | null; readonly left: readonly string[] } {
  for (let length = Math.min(6, words.length); length > 0; length--) {
    const forMs = parseDuration(words.slice(0, length).join(''))
    if (forMs !== null) return { forMs, left: words.slice(length) }
  }
  return { forMs: null, left: words }
}

function limitsOf(words: readonly string[], text: string): Pick<CalendarWindow, 'min' | 'max'> {
  let min: number | null = null
  let max: number | null = null
  for (const word of words) {
    const [, name, digits] = /^(min|max)=(\d{1,4})$/i.exec(word) ?? []
    const value = Number(digits)
    if (name === undefined || value < 1 || value > MOST_MEMBERS) {
      throw bad('calendar', text, `min and max from 1 to ${MOST_MEMBERS}: ${WANTED}`)
    }
    if (name.toLowerCase() === 'min') min = value
    else max = value
  }
  if (min === null && max === null) throw bad('calendar', text, `a min or a max to raise: ${WANTED}`)
  if (min !== null && max !== null && min > max) throw bad('calendar', text, 'a min that is not above the max')
  return { min, max }
}

function zone(name: string, text: string): string {
  try {
    timeZoneOf(name)
    return name
  } catch {
    throw bad('calendar', text, `a time zone such as Europe/Berlin or UTC, and “${name}” is none`)
  }
}

function windowText({ cron, forMs, min, max, timeZone }: CalendarWindow): string {
  const limits = [...(min === null ? [] : [`min=${min}`]), ...(max === null ? [] : [`max=${max}`])]
  return [cron, 'for', spanText(forMs), ...limits, timeZone].join(' ')
}

/** Exact, unlike words for people. */
function spanText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'm'],
  ]
  return parts.map(([value, unit]) => (value === 0 ? '' : `${value}${unit}`)).join('')
}
