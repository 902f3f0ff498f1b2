import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'why',
  summary: 'the last change and the present decision: numbers, formula, and the rule that limited it',
  usage: 'why',
  example: '/spinup why',
  parse: (words) => {
    readEnd(words)
    return { kind: 'why' }
  },
}
