import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'resume',
  summary: 'decide again after a pause; create again after failures stopped it',
  usage: 'resume',
  example: '/spinup resume',
  parse: (words) => {
    readEnd(words)
    return { kind: 'resume' }
  },
}
