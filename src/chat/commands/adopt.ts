import { BadWords, type Command } from './command.ts'
import { readEnd, readName } from './words.ts'

export const command: Command = {
  name: 'adopt',
  summary: 'take a droplet that carries my tags and that I do not know into the pool',
  usage: 'adopt DROPLET',
  example: '/spinup adopt web-4',
  parse: ([droplet, ...rest]) => {
    if (droplet === undefined) throw new BadWords('Which droplet?', '/spinup adopt web-4')
    readEnd(rest)
    return { kind: 'adopt', droplet: readName(droplet, 'droplet', '/spinup adopt web-4') }
  },
  options: [
    { name: 'droplet', summary: 'Its name or id', kind: 'text', required: true, offers: ({ droplets }) => droplets },
  ],
  group: 'fleet',
  next: (words, facts) => (words.length === 0 ? facts.droplets : []),
}
