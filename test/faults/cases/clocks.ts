import { until } from '../../wait.ts'
import { IN, OUT, type FaultCase, type Wish } from '../case.ts'
import type { Stage } from '../stage.ts'
import { setWallClock } from '../wall-clock.ts'
import { DOWN, reach, UP } from './breaks.ts'

const HOUR_MS = 3_600_000
const ALARM = /A clock is off/

/** The machine's clock is set at that step, and set right again when the work is over. */
function setAt(line: string, from: number, wish: Wish, step: string, ms: number): FaultCase {
  return {
    name: `${line}, at ${step}: the bot’s clock is set by ${ms / 60_000} min`,
    from,
    wish: { ...wish, also: ALARM },
    run: async (stage: Stage) => {
      await reach(stage, line, step)
      setWallClock(stage.site, ms)
      try {
        await until(async () => (await stage.state()).operations.length === 0, {
          what: 'the work to end',
          timeoutMs: 40_000,
        })
        await until(async () => (await stage.state()).alarms.some(({ id }) => id === 'clock'), { what: 'the alarm' })
      } finally {
        setWallClock(stage.site, 0)
      }
      await until(async () => (await stage.state()).alarms.length === 0, { what: 'the alarm to go' })
    },
  }
}

/** A machine whose clock is set while its bot works. */
export const clocks: readonly FaultCase[] = [
  setAt(UP, 1, OUT, 'boot', -HOUR_MS),
  setAt(DOWN, 2, IN, 'idle', -HOUR_MS),
  setAt(UP, 1, OUT, 'report', HOUR_MS),
  setAt(DOWN, 2, IN, 'drain', HOUR_MS),
  setAt(UP, 1, OUT, 'create', -30 * 365 * 24 * HOUR_MS),
  setAt(DOWN, 2, IN, 'destroy', 30 * 365 * 24 * HOUR_MS),
]
