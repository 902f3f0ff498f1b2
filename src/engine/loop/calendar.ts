import type { OpenWindow } from '../../core/model/decision.ts'
import { SpinupError, messageOf } from '../../core/model/error.ts'
import type { CalendarWindow } from '../../core/model/policy.ts'
import { instantOf, timeZoneOf } from '../../core/model/time-zone.ts'
import { duration } from '../../core/model/words.ts'
import { parseCronLine, type CronLine } from './cron-line.ts'

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
