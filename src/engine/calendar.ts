import { createTask, parse, validateDetailed } from 'node-cron'
import type { OpenWindow } from '../core/model/decision.ts'
import { SpinupError } from '../core/model/error.ts'
import type { CalendarWindow } from '../core/model/policy.ts'
import { duration } from '../core/model/words.ts'

/** Which of a policy's calendar windows are open; remembers when each opened last, so that asking is cheap. */
export interface Calendar {
  open(windows: readonly CalendarWindow[], now: number): readonly OpenWindow[]
}

interface Known {
  readonly matches: (at: number) => boolean
  /** Minutes up to here were looked at, epoch ms. */
  scannedTo: number
  openedAt: number | null
}

const MINUTE_MS = 60_000

export function createCalendar(): Calendar {
  const known = new Map<string, Known>()
  const entry = (window: CalendarWindow, now: number): Known => {
    const key = `${window.cron} ${window.timeZone} ${window.forMs}`
    const found = known.get(key)
    if (found !== undefined) return found
    const fresh = { matches: matcher(window), scannedTo: now - window.forMs - MINUTE_MS, openedAt: null }
    known.set(key, fresh)
    return fresh
  }
  return {
    open: (windows, now) =>
      windows.flatMap((window) => {
        const state = entry(window, now)
        for (let at = nextMinute(state.scannedTo); at <= now; at += MINUTE_MS) {
          if (state.matches(at)) state.openedAt = at
          state.scannedTo = at
        }
        if (state.openedAt === null || now >= state.openedAt + window.forMs) return []
        const name = `The calendar (${window.cron}, ${duration(window.forMs)}, ${window.timeZone})`
        return [{ name, min: window.min, max: window.max, until: state.openedAt + window.forMs }]
      }),
  }
}

/** Throws `badInput` that says what is wrong with a window's cron line or time zone. */
export function checkWindow(window: CalendarWindow): void {
  const checked = validateDetailed(window.cron)
  if (!checked.valid) {
    const [first] = checked.errors
    throw new SpinupError(
      'badInput',
      `calendar: "${window.cron}" is no cron line (${first?.field ?? 'it'}: ${first?.message ?? 'not understood'}). Nothing was changed.`,
    )
  }
  try {
    Intl.DateTimeFormat('en', { timeZone: window.timeZone })
  } catch {
    throw new SpinupError(
      'badInput',
      `calendar: there is no time zone called ${window.timeZone}; give one such as Europe/Berlin or UTC. Nothing was changed.`,
    )
  }
}

/** Whether a window opens in the minute that starts at `at`. */
function matcher(window: CalendarWindow): (at: number) => boolean {
  checkWindow(window)
  const task = createTask(window.cron, () => {}, { timezone: window.timeZone })
  void task.destroy()
  const second = parse(window.cron).second[0] ?? 0
  return (at) => task.match(new Date(at + second * 1000))
}

function nextMinute(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS + MINUTE_MS
}
