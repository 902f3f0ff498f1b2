import { BadWords, type Command } from './command.ts'
import { readEnd, readName } from './words.ts'

export const command: Command = {
  name: 'remove',
  summary: 'drain and delete one clone, or a droplet with my tags that I do not know; never the origin',
  usage: 'remove MEMBER',
  example: '/spinup remove web-3',
  parse: ([name, ...rest]) => {
    if (name === undefined) throw new BadWords('Which member?', '/spinup remove web-3')
    readEnd(rest)
    return { kind: 'remove', name: readName(name, 'member', '/spinup remove web-3') }
  },
  options: [
    {
      name: 'member',
      summary: 'Which clone, or a droplet with my tags',
      kind: 'text',
      required: true,
      offers: ({ members }) => members,
    },
  ],
  group: 'fleet',
  next: (words, facts) => (words.length === 0 ? facts.members : []),
}
