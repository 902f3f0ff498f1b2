import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'status',
  summary: 'the pool now: members, load, overrides, cost',
  usage: 'status',
  example: '/spinup status',
  parse: (words) => {
    readEnd(words)
    return { kind: 'status' }
  },
}
