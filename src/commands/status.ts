import { answer } from '../core/model/answer.ts'
import type { View } from '../core/model/view.ts'
import { status } from '../engine/reports/live.ts'
import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

export const command: Command<{ readonly kind: 'status' }> = {
  name: 'status',
  summary: 'the pool now: members, load, overrides, cost',
  usage: 'status',
  example: '/spinup status',
  parse: alone({ kind: 'status' }),
  access: 'read',
  needs: 'nothing',
  pools: 'each',
  run: async ({ services, state, pools }) => [
    state === null ? NOTHING_YET : await status(services, state, pools.length > 1),
  ],
}

/** What a newcomer sees first. */
const NOTHING_YET: View = {
  ...answer(
    'info',
    'No droplet is connected yet',
    'Type /spinup connect to begin. It takes about five minutes, and nothing is changed before you say so.',
    [{ action: 'run:/spinup connect', label: 'Connect a droplet', style: 'primary' }],
  ),
  private: true,
}
