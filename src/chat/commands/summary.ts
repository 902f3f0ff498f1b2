import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'summary',
  summary: 'the last seven days: scale events, peak, overload, and what they cost against a fixed fleet',
  usage: 'summary',
  example: '/spinup summary',
  parse: (words) => {
    readEnd(words)
    return { kind: 'summary' }
  },
}
