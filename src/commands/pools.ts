import { answer } from '../core/model/answer.ts'
import { monthOf } from '../core/model/billing.ts'
import type { Action, View } from '../core/model/view.ts'
import { cardOf } from '../core/cards/cards.ts'
import { inService } from '../core/cards/status.ts'
import { inPool } from '../core/model/card-words.ts'
import { status } from '../engine/reports/live.ts'
import { spent } from '../core/pool/capacity.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { Command, Here } from './command.ts'
import { alone } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'pools' }> = {
  name: 'pools',
  task: 'look',
  aliases: 'sites, projects, fleets, list pools, all pools',
  asks: { '': 'pool, which pool, how many pool, what pool, all pool' },
  summary: 'every pool of your team: size, load and cost',
  usage: 'pools',
  example: '/spinup pools',
  parse: alone({ kind: 'pools' }),
  access: 'read',
  needs: 'nothing',
  run: async (here) => [await pools(here)],
}

const MOST_BUTTONS = 4
const ANOTHER: Action = { action: 'run:/spinup connect another', label: 'Connect another', style: 'plain' }

function overrideOf({ pause, pin }: PoolState, now: number): string | null {
  const holds = (until: number | null): boolean => until === null || until > now
  if (pause !== null && holds(pause.expiresAt)) return 'paused'
  return pin !== null && holds(pin.expiresAt) ? `pinned at ${pin.count}` : null
}

async function pools({ services, asker, pools: states }: Here): Promise<View> {
  if (states.length === 0) {
    return answer('info', 'No droplet is connected yet', 'Type /spinup connect to begin.', [
      { action: 'run:/spinup connect', label: 'Connect a droplet', style: 'primary' },
    ])
  }
  const now = services.now()
  const rows = await Promise.all(
    states.map(async (state) => {
      const { pool } = state
      const view = await status(services, state, true)
      const { mode, desired, max, stat, target, value, dollarsPerHour } = view
      return {
        name: pool.name,
        phase: pool.phase,
        mode,
        override: overrideOf(state, now),
        inService: inService(view),
        desired,
        max,
        stat,
        target,
        value,
        tone: pool.phase === 'ready' ? cardOf(view).tone : ('info' as const),
        dollarsPerHour,
        monthDollars: spent(state, now),
      }
    }),
  )
  const looks = states
    .slice(0, MOST_BUTTONS)
    .map(({ pool }): Action => ({ action: inPool('run:/spinup status', pool.id), label: pool.name, style: 'plain' }))
  const { tenant } = asker.place
  const monthLimit = await services.team.budget(tenant)
  const month = monthOf(now)
  const goneDollars = await services.team.spentBefore(tenant, month)
  return { kind: 'pools', at: now, pools: rows, month, goneDollars, monthLimit, actions: [...looks, ANOTHER] }
}
