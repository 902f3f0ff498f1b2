import { setTimeout as pause } from 'node:timers/promises'
import type { FaultSpec } from '../../../src/demo/cloud/api/faults.ts'
import { say } from '../../scenarios/story.ts'
import { until } from '../../wait.ts'
import { COPIED, copyFailed, IN, OUT, outFailed, outRefused, type FaultCase, type Wish } from '../case.ts'
import type { Stage } from '../stage.ts'
import { DOWN, reach, REFRESH, UP } from './breaks.ts'

const OUTAGE_MS = 2500
const OUTAGES: readonly (readonly [string, FaultSpec])[] = [
  ['everything answers 503 for a while', { kind: 'unavailable', times: Infinity }],
  ['everything hangs for a while', { kind: 'hang', times: Infinity }],
  ['everything answers 429 for a while', { kind: 'rateLimited', retryAfterSeconds: 1, times: Infinity }],
  ['every answer is lost for a while', { kind: 'loseAnswer', times: Infinity }],
]

/** The API is away from `step` on. */
function away(what: string, line: string, from: number, wish: Wish, step: string): readonly FaultCase[] {
  return OUTAGES.map(([name, fault]) => ({
    name: `${what}, from ${step} on: ${name}`,
    from,
    wish,
    run: async (stage) => {
      // So that there is something to ask for, however late a busy machine hears of the step.
      if (step === 'boot') stage.arm({ kind: 'slowAction', ms: 4000, match: { step: 'create' } })
      await reach(stage, line, step)
      stage.arm(fault)
      await pause(OUTAGE_MS)
      stage.cloud.faults.clear()
    },
  }))
}

/** The token is revoked from `step` on, and a good one is there again later. */
function revoked(
  what: string,
  line: string,
  from: number,
  wish: Wish,
  step: string,
  meanwhile: (stage: Stage) => Promise<void>,
): FaultCase {
  return {
    name: `${what}, at ${step}: the token is revoked`,
    from,
    wish,
    run: async (stage) => {
      if (step === 'boot') stage.arm({ kind: 'slowAction', ms: 1500, match: { step: 'create' } })
      if (step === 'create') stage.cloud.state.revokeToken(stage.cloud.token)
      await reach(stage, line, step)
      stage.cloud.state.revokeToken(stage.cloud.token)
      await meanwhile(stage)
      stage.cloud.state.tokens.get(stage.cloud.token)!.revoked = false
    },
  }
}

const failing = async (stage: Stage): Promise<void> => {
  await until(() => stage.cloud.log.slice(-20).some(({ status }) => status === 401), { what: 'a refusal' })
  await pause(OUTAGE_MS)
}

/** DigitalOcean is away, or lets us do nothing, for longer than a retry. */
export const outages: readonly FaultCase[] = [
  ...away('scale out', UP, 1, OUT, 'boot'),
  ...away('scale in', DOWN, 2, IN, 'drain'),
  ...away('snapshot', REFRESH, 2, COPIED, 'start'),
  revoked('scale out', UP, 1, outRefused(/no longer accepts our token/), 'create', failing),
  revoked('scale out', UP, 1, outFailed(/no longer accepts our token/), 'boot', failing),
  revoked('scale in', DOWN, 2, IN, 'drain', failing),
  revoked('snapshot', REFRESH, 2, copyFailed(/no longer accepts our token/), 'copy', failing),
  revoked('snapshot', REFRESH, 2, COPIED, 'start', failing),
  {
    name: 'the token is revoked while all is calm: one alert, which ends by itself',
    from: 1,
    wish: { ...OUT, also: /^Resolved: The account is unreachable \(resolved\): $/ },
    run: async (stage) => {
      const token = stage.cloud.state.tokens.get(stage.cloud.token)!
      token.revoked = true
      const alarm = async (): Promise<boolean> => (await stage.state()).alarms.some(({ id }) => id === 'account')
      await until(alarm, { what: 'the alarm', timeoutMs: 60_000 })
      token.revoked = false
      await until(async () => !(await alarm()), { what: 'the alarm to end', timeoutMs: 30_000 })
      await say(stage.bot(), UP)
    },
  },
]
