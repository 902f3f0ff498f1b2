import { summary } from '../engine/reports/summary.ts'
import type { Command } from './command.ts'
import { alone } from './grammar/words.ts'

const WEEK_MS = 7 * 86_400_000

export const command: Command<{ readonly kind: 'summary' }> = {
  name: 'summary',
  task: 'look',
  aliases: 'week, weekly, report, recap, last week, this week, weekly report, tldr',
  asks: { '': 'summary, how did, week, how was week, recap, report' },
  summary: 'the last seven days: scale events, peak, overload, and what they cost against a fixed fleet',
  usage: 'summary',
  example: '/spinup summary',
  parse: alone({ kind: 'summary' }),
  access: 'read',
  needs: 'pool',
  pools: 'each',
  run: async ({ services, state }) => {
    const now = services.now()
    return [await summary(services, state, now - WEEK_MS, now)]
  },
}
