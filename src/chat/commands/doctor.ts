import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'doctor',
  summary: 'checks Redis, the clock, the account, agents, balancer and chats; one thing to do about each fault',
  usage: 'doctor',
  example: '/spinup doctor',
  parse: (words) => {
    readEnd(words)
    return { kind: 'doctor' }
  },
}
