import { setTimeout as pause } from 'node:timers/promises'
import { COPIED, IN, OUT, type FaultCase, type Wish } from '../case.ts'
import type { Stage } from '../stage.ts'
import { DOWN, reach, REFRESH, UP } from './breaks.ts'

interface Blow {
  readonly name: string
  readonly strike: (stage: Stage) => Promise<void>
  /** Requests that were on their way through what was struck are lost. */
  readonly lossy: boolean
}

const REDIS: Blow = {
  name: 'Redis restarted',
  strike: async (stage) => void process.kill(await stage.redisPid(), 'SIGKILL'),
  lossy: false,
}
const BALANCER: Blow = {
  name: 'the balancer killed',
  strike: async (stage) => void process.kill(await stage.balancerPid(), 'SIGKILL'),
  lossy: true,
}
const STUCK_MS = 7000
const STUCK: Blow = {
  name: 'the balancer stuck for 7 s',
  strike: async (stage) => {
    const pid = await stage.balancerPid()
    process.kill(pid, 'SIGSTOP')
    await pause(STUCK_MS)
    process.kill(pid, 'SIGCONT')
  },
  lossy: true,
}

function during(
  blow: Blow,
  what: string,
  line: string,
  from: number,
  wish: Wish,
  steps: readonly string[],
): readonly FaultCase[] {
  return steps.map((step) => ({
    name: `${what}, at ${step}: ${blow.name}`,
    from,
    wish: { ...wish, ...(blow.lossy ? { lossy: true, also: /balancer/i } : {}) },
    run: async (stage) => {
      await reach(stage, line, step)
      await blow.strike(stage)
    },
  }))
}

/** What the bot stands on goes away in the middle, and comes back. */
export const surroundings: readonly FaultCase[] = [
  ...during(REDIS, 'scale out', UP, 1, OUT, ['create', 'boot', 'serve']),
  ...during(REDIS, 'scale in', DOWN, 2, IN, ['drain', 'destroy']),
  ...during(REDIS, 'snapshot', REFRESH, 2, COPIED, ['shutdown', 'copy', 'start']),
  ...during(BALANCER, 'scale out', UP, 1, OUT, ['boot', 'join', 'serve']),
  ...during(BALANCER, 'scale in', DOWN, 2, IN, ['drain', 'idle', 'detach']),
  ...during(BALANCER, 'snapshot', REFRESH, 2, COPIED, ['idle', 'join']),
  ...during(STUCK, 'scale out', UP, 1, OUT, ['health']),
  ...during(STUCK, 'scale in', DOWN, 2, IN, ['drain']),
  ...during(STUCK, 'snapshot', REFRESH, 2, COPIED, ['on']),
]
