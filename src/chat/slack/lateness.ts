import { SpinupError } from '../../core/model/error.ts'
import type { SlackClock } from './network.ts'

/** Slack says that a press or a line failed when it is not acknowledged for 3 s; clocks are known to a second or so. */
const PATIENCE_MS = 3000
const UNSURE_MS = 2000
/** What is said to us by an event Slack repeats, at once, after a minute and after five; nobody waits for those. */
const EVENT_MS = 30_000
const BEAT_MS = 250
/** Whatever is before it is no time, epoch ms. */
const ANY_TIME_MS = Date.UTC(2015)
/** What came while the process slept is read within this when it wakes. */
const WAKING_MS = 1000

/** Tells what is done in time from what Slack, or the person, has given up on; such must change nothing any more. */
export interface Lateness {
  /** `at`: when it happened by Slack's clock, epoch s, as its payloads have it; else: they do not say. Null: it is in time. */
  of(kind: 'event' | 'press' | 'line', at?: unknown): SpinupError | null
  stop(): void
}

/** Through a socket a line has no time of its own: whether this process slept just before is all there is to go by. */
export function createLateness(clock: SlackClock, now: () => number): Lateness {
  let beatAt = performance.now()
  let wokeAt = -Infinity
  const timer = setInterval(() => {
    const at = performance.now()
    if (at - beatAt > PATIENCE_MS) wokeAt = at
    beatAt = at
  }, BEAT_MS)
  timer.unref()
  const slept = (): boolean => {
    const at = performance.now()
    return at - beatAt > PATIENCE_MS || at - wokeAt < WAKING_MS
  }
  return {
    of: (kind, at) => {
      const happenedMs = Number(at) * 1000
      if (!(happenedMs > ANY_TIME_MS)) return slept() ? late('Slack had given up on it') : null
      const ageMs = now() + (clock.aheadMs ?? 0) - happenedMs
      if (ageMs <= (kind === 'event' ? EVENT_MS : PATIENCE_MS + UNSURE_MS)) return null
      return late(`${Math.round(ageMs / 1000)} s had passed`)
    },
    stop: () => clearInterval(timer),
  }
}

function late(why: string): SpinupError {
  return new SpinupError('timeout', `That reached me too late (${why}), so nothing was done. Try again.`)
}
