import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'unpin',
  summary: 'lift the pin; the policy decides again',
  usage: 'unpin',
  example: '/spinup unpin',
  parse: (words) => {
    readEnd(words)
    return { kind: 'unpin' }
  },
}
