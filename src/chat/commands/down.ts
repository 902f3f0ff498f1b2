import type { Command } from './command.ts'
import { COUNT } from './options.ts'
import { readCount, readEnd } from './words.ts'

export const command: Command = {
  name: 'down',
  summary: 'take members out now: drained first, never the origin',
  usage: 'down [COUNT]',
  example: '/spinup down 1',
  parse: ([count, ...rest]) => {
    readEnd(rest)
    return { kind: 'down', count: count === undefined ? 1 : readCount(count, 'a count', 1) }
  },
  options: [{ ...COUNT, required: false }],
  next: (words) => (words.length === 0 ? ['1', '2', '3'] : []),
}
