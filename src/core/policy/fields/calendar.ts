import { parseDuration } from '../../model/words.ts'
import { SpinupError } from '../../model/error.ts'
import type { CalendarWindow, Policy } from '../../model/policy.ts'
import { field, isNone, isWithin, listOf, namedValues, NONE, Wrong } from './field.ts'
import { isZone } from './time-zone.ts'

const MINUTE_MS = 60_000
const LONGEST_MS = 7 * 24 * 60 * MINUTE_MS
const MOST = 20
const MOST_MEMBERS = 1000
/** Numbers, names of days and months, ranges, lists and steps; what they mean is checked where they are followed. */
const CRON_FIELD = /^[\dA-Za-z*/,\-#?]+$/
/** `@daily` and the like. */
const NICKNAME = /^@[a-z]+$/i
const WANTED = 'CRON for TIME min=N (or max=N, or both) and a time zone, e.g. "0 8 * * 1-5 for 10h min=4 Europe/Berlin"'
const LIMITS = `min and max from 1 to ${MOST_MEMBERS}: ${WANTED}`
const PLAIN = `a list of at most ${MOST} of {"cron", "forMs", "timeZone", "min", "max"}`

/** Stretches of the calendar that raise min or max, several with `;` between them. */
export const calendar = field({
  name: 'calendar',
  key: 'calendar',
  meaning: 'when min or max are higher: cron lines, for how long, and the time zone (UTC if none is given)',
  example: 'calendar="0 8 * * 1-5 for 10h min=4 Europe/Berlin"',
  text: (windows) => (windows.length === 0 ? NONE : windows.map((one) => windowText(one)).join('; ')),
  parse: (text) => {
    const plain = text.trim().replaceAll(/^["'“”„«»]+|["'“”„«»]+$/g, '')
    return isNone(plain) ? [] : plain.split(';').map((part) => windowOf(part.trim()))
  },
  check: (value) => {
    if (!Array.isArray(value)) throw new Wrong(WANTED, { plain: PLAIN })
    return listOf(value, MOST, `at most ${MOST} windows`).map((one, index) => checkOne(one, `[${index}]`))
  },
})

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

/** As it is typed, right or not. */
function windowOf(text: string): unknown {
  const [cron = '', rest, ...more] = text.split(/\s+for\s+/i)
  if (rest === undefined || more.length > 0) throw new Wrong(WANTED)
  const words = rest.split(/\s+/)
  const limits = words.filter((word) => word.includes('='))
  const { forMs, left } = spanOf(words.filter((word) => !word.includes('=')))
  const [timeZone = 'UTC', ...surplus] = left
  if (surplus.length > 0 && forMs !== null) throw new Wrong(WANTED)
  return { cron: cron.split(/\s+/).join(' '), forMs, timeZone, ...limitsOf(limits) }
}

function checkOne(value: unknown, place: string): CalendarWindow {
  const { cron, forMs, timeZone, min, max } = namedValues(value, FIELDS, place, PLAIN)
  const refuse = (wanted: string, plain: string): Wrong => new Wrong(wanted, { place, plain })
  if (typeof cron !== 'string' || !isWritten(cron)) {
    const line = 'a cron line of five parts (minute hour day month weekday), or one such as @daily'
    throw refuse(`${line}, before “for”: ${WANTED}`, line)
  }
  if (!isWithin(forMs, MINUTE_MS, LONGEST_MS) || forMs % MINUTE_MS !== 0) {
    throw refuse(
      `after “for” a time from 1 min to 7 d in whole minutes: ${WANTED}`,
      `a "forMs" of whole minutes, ${MINUTE_MS} to ${LONGEST_MS} milliseconds`,
    )
  }
  if (typeof timeZone !== 'string' || !isZone(timeZone)) {
    throw refuse(`a time zone such as Europe/Berlin or UTC, and “${String(timeZone)}” is none`, ZONE)
  }
  const limits = { min: limitOf(min, place), max: limitOf(max, place) }
  if (limits.min === null && limits.max === null)
    throw refuse(`a min or a max to raise: ${WANTED}`, 'a min or a max to raise')
  if (limits.min !== null && limits.max !== null && limits.min > limits.max) {
    throw refuse('a min that is not above the max', 'a min that is not above the max')
  }
  return { cron, forMs, timeZone, ...limits }
}

const FIELDS = ['cron', 'forMs', 'timeZone', 'min', 'max']
const ZONE = 'a "timeZone" such as Europe/Berlin or UTC'

function isWritten(cron: string): boolean {
  const fields = cron.split(' ')
  const written = (fields.length === 5 || fields.length === 6) && fields.every((part) => CRON_FIELD.test(part))
  return written || NICKNAME.test(cron)
}

function limitOf(value: unknown, place: string): number | null {
  if (value === undefined || value === null) return null
  if (isWithin(value, 1, MOST_MEMBERS) && Number.isInteger(value)) return value
  throw new Wrong(LIMITS, { place, plain: `a min and a max from 1 to ${MOST_MEMBERS}, or null` })
}

/** `10h`, `10 h` or `1 h 30 min` at the beginning: the longest run of words that reads as one time. */
function spanOf(words: readonly string[]): { readonly forMs: number | null; readonly left: readonly string[] } {
  for (let length = Math.min(6, words.length); length > 0; length--) {
    const forMs = parseDuration(words.slice(0, length).join(''))
    if (forMs !== null) return { forMs, left: words.slice(length) }
  }
  return { forMs: null, left: words }
}

function limitsOf(words: readonly string[]): Pick<CalendarWindow, 'min' | 'max'> {
  const limits: { min: number | null; max: number | null } = { min: null, max: null }
  for (const word of words) {
    const [, name, digits] = /^(min|max)=(\d{1,4})$/i.exec(word) ?? []
    if (name === undefined) throw new Wrong(LIMITS)
    limits[name.toLowerCase() === 'min' ? 'min' : 'max'] = Number(digits)
  }
  return limits
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
