import { BadWords, type Command } from './command.ts'
import { readEnd } from './words.ts'

/** As the buttons of cards carry it. */
const ID = /^[\w-]{1,64}$/

export const command: Command = {
  name: 'approve',
  summary: 'say yes to the open proposal',
  usage: 'approve [ID]',
  example: '/spinup approve',
  parse: ([id, ...rest]) => {
    readEnd(rest)
    if (id !== undefined && !ID.test(id)) throw new BadWords(`“${id}” is no question’s id.`, '/spinup approve')
    return { kind: 'approve', id: id ?? null }
  },
  options: [{ name: 'proposal', summary: 'Its id; leave it out for the open one', kind: 'text' }],
}
