import type { Command } from './command.ts'
import { COUNT } from './options.ts'
import { readCount, readEnd } from './words.ts'

export const command: Command = {
  name: 'scale',
  summary: 'go to a number of members now; the policy goes on from there (pin holds it)',
  usage: 'scale COUNT',
  example: '/spinup scale 3',
  parse: ([first, ...more]) => {
    const [count, ...rest] = first?.toLowerCase() === 'to' ? more : [first, ...more]
    readEnd(rest.filter((word) => word !== undefined))
    return { kind: 'scale', count: readCount(count, 'a count', 1) }
  },
  options: [COUNT],
  next: (words) => (words.length === 0 ? ['2', '3', '4'] : []),
}
