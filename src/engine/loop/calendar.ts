import { Cron, CronPattern } from 'croner'
import type { OpenWindow } from '../../core/model/decision.ts'
import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { CalendarWindow } from '../../core/model/policy.ts'
import { instantOf, timeZoneOf } from '../../core/model/time-zone.ts'
import { duration } from '../../core/model/words.ts'

/** When a cron line fires, by the clocks of its time zone; epoch ms. */
export interface CronLine {
  /** The newest time up to and with `at`; null: none. */
  last(at: number): number | null
  /** The first time after `at`; null: none. */
  next(at: number): number | null
}

const SECOND_MS = 1000
/** What Date knows, but for some days; beyond it nothing fires. */
const KNOWN_MS = 8.64e15 - 5 * 86_400_000
/** Clocks that are set by less than this are a change of time to cron(8); by more, they were wrong. */
const CHANGE_MS = 3 * 3_600_000
const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
])
const MONTHS = names(
  'jan(?:uary)? feb(?:ruary)? mar(?:ch)? apr(?:il)? may june? july? aug(?:ust)? sep(?:tember)? oct(?:ober)? nov(?:ember)? dec(?:ember)?',
)
const DAYS = names('sun(?:day)? mon(?:day)? tue(?:sday)? wed(?:nesday)? thu(?:rsday)? fri(?:day)? sat(?:urday)?')
/** The six fields, from the left: their lowest and highest numbers, and their names in order. */
const FIELDS: readonly (readonly [low: number, high: number, names?: readonly RegExp[]])[] = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12, MONTHS],
  [0, 6, DAYS],
]

/**
 * A cron line as crontab(5) has it, with a field for seconds before it if there are six; also `L`, `W`, `#` and
 * `@daily`. Throws `Error` with what is wrong with it or its time zone.
 *
 * Where clocks are set it does as cron(8): a line for certain hours fires once, at the first moment after the gap where
 * its time is skipped, and the first time where its time comes twice. A line for every hour goes by the clock.
 */
function parseCronLine(line: string, timeZone: string): CronLine {
  const fields = fieldsOf(line)
  const [, , day = '*', , weekday = '*'] = fields.slice(-5)
  const { hour } = new CronPattern(fields.join(' '), timeZone, { mode: '5-or-6-parts' })
  const everyHour = hour.every((marked) => marked)
  const cron = new Cron([...fields.slice(0, -4), everyHour ? '*' : fields.at(-4), ...fields.slice(-3)].join(' '), {
    // croner loses a time that is skipped at the end of a day, so a line for certain hours is asked in wall time.
    timezone: everyHour ? timeZone : 'UTC',
    paused: true,
    // Either day will do where both are restricted, which one that begins with a star is not.
    domAndDow: day.startsWith('*') || weekday.startsWith('*'),
  })
  // It looks at what is before its reference.
  const upTo = (at: number): number | null => cron.previousRuns(1, new Date(at + SECOND_MS))[0]?.getTime() ?? null
  const after = (at: number): number | null => cron.nextRuns(1, new Date(at))[0]?.getTime() ?? null
  const whole = (at: number): number => Math.floor(at / SECOND_MS) * SECOND_MS
  const known = (at: number): boolean => Math.abs(at) < KNOWN_MS
  if (everyHour) {
    return {
      last: (at) => (known(at) ? upTo(whole(at)) : null),
      next: (at) => (known(at) ? after(whole(at)) : null),
    }
  }

  const zone = timeZoneOf(timeZone)
  /** When a wall time comes; null: clocks were set by more than cron takes for a change of time. */
  const comes = (wallTime: number): number | null => {
    const at = instantOf(wallTime, zone)
    return at + zone.offsetMs(at) - wallTime < CHANGE_MS ? at : null
  }
  return {
    last: (at) => {
      if (!known(at)) return null
      // What is ahead on clocks that were just set back has come already.
      let wallTime = upTo(whole(at) + Math.max(zone.offsetMs(at), zone.offsetMs(at - CHANGE_MS)))
      for (; wallTime !== null; wallTime = upTo(wallTime - SECOND_MS)) {
        const came = comes(wallTime)
        if (came !== null && came <= at) return came
      }
      return null
    },
    next: (at) => {
      if (!known(at)) return null
      for (let wallTime = after(whole(at) + zone.offsetMs(at)); wallTime !== null; wallTime = after(wallTime)) {
        const coming = comes(wallTime)
        if (coming !== null && coming > at) return coming
      }
      return null
    },
  }
}

/** The fields in numbers, without names and without ranges over the end (`22-2`). */
function fieldsOf(line: string): readonly string[] {
  const fields = (NICKNAMES.get(line.trim().toLowerCase()) ?? line.trim()).split(/\s+/)
  if (fields.length < 5 || fields.length > 6)
    throw new Error('it has five fields, six with seconds, or is one of @hourly, @daily, @weekly, @monthly, @yearly')
  return fields.map((field, index) => {
    const [low, high, words = []] = FIELDS[index + FIELDS.length - fields.length]!
    const numbered = words.reduce((text, word, place) => text.replaceAll(word, String(low + place)), field)
    return numbered
      .split(',')
      .map((part) => {
        const [, from, to] = /^(\d+)-(\d+)$/.exec(part) ?? []
        return from === undefined || Number(from) <= Number(to) ? part : `${from}-${high},${low}-${to}`
      })
      .join(',')
  })
}

function names(words: string): readonly RegExp[] {
  // Alone, or before the L of `friL`: `janfeb` is no name.
  return words.split(' ').map((word) => new RegExp(String.raw`(?<![a-z\d/#])${word}(?=l?(?:[^a-z\d]|$))`, 'gi'))
}

/** Which of a policy's calendar windows are open; remembers when each opens next, so that asking is cheap. */
export interface Calendar {
  open(windows: readonly CalendarWindow[], now: number): readonly OpenWindow[]
}

/** Between two openings of a window, which are epoch ms: what it is from `from` to `next`. */
interface Known {
  readonly line: CronLine
  readonly from: number
  readonly next: number
  /** When it closes; null: it has never opened. */
  readonly until: number | null
}

const DAY_MS = 86_400_000
const SOME_TIME = Date.UTC(2000, 0, 1)
/** Windows of policies that were changed are forgotten when there are so many. */
const MOST_KNOWN = 1000

export function createCalendar(): Calendar {
  const known = new Map<string, Known>()
  const look = (window: CalendarWindow, now: number): Known => {
    const key = `${window.cron} ${window.timeZone} ${window.forMs}`
    const found = known.get(key)
    if (found !== undefined && found.from <= now && now < found.next) return found
    const line = found?.line ?? parseCronLine(window.cron, window.timeZone)
    const opened = line.last(now)
    const until = opened === null ? null : closes(opened, window)
    const fresh = { line, from: opened ?? now, next: line.next(now) ?? Infinity, until }
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, fresh)
    return fresh
  }
  return {
    open: (windows, now) =>
      windows.flatMap((window) => {
        const { until } = look(window, now)
        if (until === null || now >= until) return []
        const name = `The calendar (${window.cron}, ${duration(window.forMs)}, ${window.timeZone})`
        return [{ name, min: window.min, max: window.max, until }]
      }),
  }
}

/** Whole days are days of the calendar, of 23 to 25 hours where clocks are set; the rest is time that passes. */
function closes(opened: number, { forMs, timeZone }: CalendarWindow): number {
  const days = Math.floor(forMs / DAY_MS) * DAY_MS
  if (days === 0) return opened + forMs
  const zone = timeZoneOf(timeZone)
  return instantOf(opened + zone.offsetMs(opened) + days, zone) + (forMs - days)
}

/** Throws `badInput` that says what is wrong with a window's cron line or time zone. */
export function checkWindow(window: CalendarWindow): void {
  const bad = (what: string): SpinupError => new SpinupError('badInput', `calendar: ${what}. Nothing was changed.`)
  try {
    timeZoneOf(window.timeZone)
  } catch {
    throw bad(`there is no time zone called ${window.timeZone}; give one such as Europe/Berlin or UTC`)
  }
  let line: CronLine
  try {
    line = parseCronLine(window.cron, window.timeZone)
  } catch (error) {
    const what = messageOf(error).replace('CronPattern: ', '').replace(/\.$/, '')
    throw bad(`"${window.cron}" is not a cron line (${what})`)
  }
  if (line.next(SOME_TIME) === null) throw bad(`"${window.cron}" never happens, as there is no such day`)
}
