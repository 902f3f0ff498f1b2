import type { Command } from './command.ts'
import { readEnd } from './words.ts'

export const command: Command = {
  name: 'help',
  summary: 'what I understand, with an example of each',
  usage: 'help [COMMAND]',
  example: '/spinup help pin',
  parse: ([topic, ...rest]) => {
    readEnd(rest)
    return { kind: 'help', topic: topic ?? null }
  },
  options: [{ name: 'command', summary: 'Of one command alone', kind: 'text', offers: ({ commands }) => commands }],
  next: (words, facts) => (words.length === 0 ? facts.commands : []),
}
