import type { Command } from './command.ts'
import { REASON } from './options.ts'
import { readReason } from './words.ts'

export const command: Command = {
  name: 'deny',
  summary: 'say no to the open proposal, and why',
  usage: 'deny [REASON]',
  example: '/spinup deny we are about to deploy',
  parse: (words) => ({ kind: 'deny', id: null, reason: readReason(words) }),
  options: [REASON],
}
