import type { Command } from './command.ts'
import { readCount, readEnd } from './words.ts'

export const command: Command = {
  name: 'history',
  summary: 'who did what, newest first',
  usage: 'history [COUNT]',
  example: '/spinup history 20',
  parse: ([count, ...rest]) => {
    readEnd(rest)
    return { kind: 'history', count: count === undefined ? 15 : Math.min(200, readCount(count, 'a count', 1)) }
  },
  options: [{ name: 'count', summary: 'How many entries', kind: 'count' }],
}
