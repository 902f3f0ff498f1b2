import { nextChanges, readChanges } from './changes.ts'
import type { Command } from './command.ts'

export const command: Command = {
  name: 'policy',
  summary: 'show the policy, or change settings of it',
  usage: 'policy [NAME=VALUE …]',
  example: '/spinup policy target=50% max=6',
  parse: (words) => ({ kind: 'policy', changes: readChanges(words, 'policy') }),
  options: [
    {
      name: 'settings',
      summary: 'NAME=VALUE, several with spaces between: target=50% max=6',
      kind: 'text',
      offers: () => nextChanges([]),
    },
  ],
  next: nextChanges,
}
