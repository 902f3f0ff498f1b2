import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'approve',
  summary: 'say yes to the open proposal',
  usage: 'approve [ID]',
  example: '/spinup approve',
  parse: ([id, ...rest]) => {
    readEnd(rest)
    return { kind: 'approve', id: id ?? null }
  },
  options: [{ name: 'proposal', summary: 'Its id; leave it out for the open one', kind: 'text' }],
}
