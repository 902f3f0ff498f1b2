import { POOL } from '../link.ts'
import type { Stage } from '../stage.ts'
import { say } from '../../scenarios/story.ts'
import { until } from '../../wait.ts'
import { IN, OUT, outFailed, outRefused, type FaultCase } from '../case.ts'
import { DOWN, reach, UP } from './breaks.ts'

/** The pool's clone at the stand-in, once it is there. */
function clone(stage: Stage): Promise<number> {
  return until(() => stage.cloud.state.dropletsTagged(`spinup-pool:${POOL}`)[0]?.id, { what: 'the clone' })
}

async function deleteByHand(stage: Stage): Promise<void> {
  const id = await clone(stage)
  stage.machines.byHand(() => stage.cloud.state.deleteByHand(id))
}

const GONE = { ...IN, lossy: true } as const

/** People who meddle in the control panel, droplets that are no good, limits; never three failures in a row, after which creating stops. */
export const hands: readonly FaultCase[] = [
  {
    name: 'a clone deleted by hand while it boots',
    from: 1,
    wish: outFailed(/was deleted while it booted/),
    run: async (stage) => {
      stage.arm({ kind: 'slowAction', ms: 1500, match: { step: 'create' } })
      await reach(stage, UP, 'boot')
      await deleteByHand(stage)
    },
  },
  {
    name: 'a clone deleted by hand while its first sample is waited for',
    from: 1,
    wish: outFailed(/no sample|not healthy|deleted/),
    run: async (stage) => {
      stage.machines.mute(true)
      await reach(stage, UP, 'report')
      await deleteByHand(stage)
      stage.machines.mute(false)
    },
  },
  {
    name: 'a clone in service deleted by hand',
    from: 2,
    wish: { ...GONE, also: /unhealthy|silent/ },
    run: async (stage) => {
      await deleteByHand(stage)
      await until(async () => (await stage.state()).members.length === 1, {
        what: 'it to be noticed',
        timeoutMs: 30_000,
      })
    },
  },
  {
    name: 'a clone deleted by hand while it drains',
    from: 2,
    wish: GONE,
    run: async (stage) => {
      await reach(stage, DOWN, 'idle')
      await deleteByHand(stage)
    },
  },
  {
    name: 'a clone in service switched off by hand',
    from: 2,
    wish: { ...GONE, also: /unhealthy|silent/ },
    run: async (stage) => {
      const id = await clone(stage)
      stage.machines.cut(id)
      stage.cloud.state.powerByHand(id, 'off')
      await until(async () => (await stage.state()).members.length === 1, {
        what: 'it to be noticed',
        timeoutMs: 30_000,
      })
    },
  },
  {
    name: 'the agent of a clone never reports',
    from: 1,
    wish: outFailed(/no sample from its agent within/),
    run: async (stage) => {
      stage.machines.mute(true)
      await reach(stage, UP, 'report')
      await reach(stage, '/spinup status', 'undoDroplet')
      stage.machines.mute(false)
    },
  },
  {
    name: 'a clone never answers its health path',
    from: 1,
    wish: outFailed(/not healthy within .*answered 503/),
    run: async (stage) => {
      stage.machines.ail(true)
      await reach(stage, UP, 'health')
      await reach(stage, '/spinup status', 'undoDroplet')
      stage.machines.ail(false)
    },
  },
  {
    name: 'a create that is carried out long after it was given up on',
    from: 1,
    wish: { ...OUT, overshoots: true, also: /^Removed a duplicate/ },
    run: async (stage) => {
      stage.arm({ kind: 'slow', ms: 4000, match: { operation: 'droplets_create' } })
      await say(stage.bot(), UP)
      const twins = (): boolean => stage.cloud.state.dropletsTagged(`spinup-pool:${POOL}`).length === 2
      await until(twins, { what: 'the twin' })
      await until(() => !twins(), { what: 'the twin to go', timeoutMs: 30_000 })
    },
  },
  {
    name: 'the account’s droplet limit is reached',
    from: 1,
    wish: outRefused(/exceed your droplet limit/),
    run: async (stage) => {
      const { account } = stage.cloud.state
      const limit = account.dropletLimit
      account.dropletLimit = stage.cloud.state.droplets.size
      await say(stage.bot(), UP)
      await until(async () => (await stage.state()).operations.length === 0, { what: 'it to be refused' })
      account.dropletLimit = limit
    },
  },
]
