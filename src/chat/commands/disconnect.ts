import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'disconnect',
  summary: 'end it: clones leave and are deleted, access to the account is given up; your droplet stays as it is',
  usage: 'disconnect [POOL]',
  example: '/spinup disconnect',
  parse: ([name, ...rest]) => {
    readEnd(rest)
    return { kind: 'disconnect', confirm: name ?? null }
  },
  options: [{ name: 'pool', summary: 'Its name, to confirm', kind: 'text' }],
  group: 'fleet',
}
