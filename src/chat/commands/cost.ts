import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'cost',
  summary: 'what the pool costs now, this month, to the month’s end, and how near the limits are',
  usage: 'cost',
  example: '/spinup cost',
  parse: (words) => {
    readEnd(words)
    return { kind: 'cost' }
  },
}
