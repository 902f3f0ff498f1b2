import type { Command } from './command.ts'
import { COUNT } from './options.ts'
import { readCount, readEnd } from './words.ts'

export const command: Command = {
  name: 'up',
  summary: 'add members now',
  usage: 'up [COUNT]',
  example: '/spinup up 1',
  parse: ([count, ...rest]) => {
    readEnd(rest)
    return { kind: 'up', count: count === undefined ? 1 : readCount(count, 'a count', 1) }
  },
  options: [{ ...COUNT, required: false }],
  next: (words) => (words.length === 0 ? ['1', '2', '3'] : []),
}
