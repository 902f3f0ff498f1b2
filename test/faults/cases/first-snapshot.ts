import { until } from '../../wait.ts'
import type { FaultMatch, FaultSpec } from '../../../src/demo/cloud/api/faults.ts'
import type { FaultCase, Wish } from '../case.ts'
import { atOnboarding, pressSnapshot } from '../moves.ts'
import type { Stage } from '../stage.ts'
import { actionOf } from './breaks.ts'

/** The site is away while the only droplet is copied. */
const FIRST: Wish = { members: 1, card: { kind: 'connect', stage: 'ready' }, copies: true, lossy: true }

function failed(because: RegExp): Wish {
  return { ...FIRST, card: { kind: 'connect', stage: 'failed', because } }
}

function faulty(name: string, fault: FaultSpec, wish: Wish): FaultCase {
  return {
    name,
    from: 'linked',
    wish,
    run: async (stage) => {
      stage.arm(fault)
      await pressSnapshot(stage)
      await atOnboarding(stage, wish.card.stage === 'failed' ? 'snapshot' : 'ready')
    },
  }
}

function killedAfter(type: string, wish: Wish): FaultCase {
  return {
    name: `the bot is killed the moment ${type} is asked for`,
    from: 'linked',
    wish,
    run: async (stage: Stage) => {
      const seen = new Promise<void>((resolve) => {
        const off = stage.onExchange((exchange) => {
          if (!actionOf(type)(exchange)) return
          off()
          resolve()
        })
      })
      await Promise.all([pressSnapshot(stage), seen])
      await stage.kill()
      await stage.start()
      await atOnboarding(stage, wish.card.stage === 'failed' ? 'snapshot' : 'ready')
    },
  }
}

const at = (step: string): FaultMatch => ({ step })

/** Each ends where the next begins, until the last: the pool that is being connected has no snapshot yet. */
export const firstSnapshot: readonly FaultCase[] = [
  faulty(
    'the snapshot ends in an error',
    { kind: 'erroredAction', match: at('snapshot') },
    failed(/could not take the snapshot/),
  ),
  {
    name: 'the token is revoked while it copies, and good again later',
    from: 'linked',
    wish: failed(/no longer accepts our token/),
    run: async (stage) => {
      stage.arm({ kind: 'slowAction', ms: 1500, match: at('snapshot') })
      await pressSnapshot(stage)
      const actions = stage.cloud.state.actions
      await until(
        () => [...actions.values()].some(({ type, status }) => type === 'snapshot' && status === 'in-progress'),
        {
          what: 'the copy',
        },
      )
      stage.cloud.state.revokeToken(stage.cloud.token)
      await until(async () => (await stage.state()).operations.some((one) => one.step === 'start' && one.attempt > 2), {
        what: 'attempts to switch it on',
      })
      stage.cloud.state.tokens.get(stage.cloud.token)!.revoked = false
      await atOnboarding(stage, 'snapshot')
    },
  },
  faulty('the answer to the snapshot is lost', { kind: 'loseAnswer', match: at('snapshot') }, FIRST),
]

export const firstKilled: readonly FaultCase[] = [killedAfter('power_on', FIRST)]
