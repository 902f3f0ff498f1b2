import { BadWords, type Command } from './command.ts'
import { nearest, readCount, readEnd } from './words.ts'

const CHOICES = ['live', 'stop', 'keep'] as const

export const command: Command = {
  name: 'refresh',
  summary: 'after a deploy: a new snapshot, then the clones anew, one by one, with no request lost',
  usage: 'refresh [live | stop | keep COUNT]',
  example: '/spinup refresh',
  parse: ([word, ...rest]) => {
    const how = word?.toLowerCase()
    switch (how) {
      case undefined:
        return { kind: 'refresh', choice: { kind: 'graceful' } }
      case 'live':
      case 'stop':
        readEnd(rest)
        return { kind: 'refresh', choice: { kind: how } }
      case 'keep':
        readEnd(rest.slice(1))
        return { kind: 'refresh', choice: { kind: 'keep', count: readCount(rest[0], 'a count of snapshots', 1) } }
      default: {
        const near = nearest(how, CHOICES)
        throw new BadWords(`I do not understand “${word}”.`, near === null ? null : `/spinup refresh ${near}`)
      }
    }
  },
  options: [
    { name: 'how', summary: 'Leave it out for a graceful one', kind: 'text', choices: CHOICES },
    { name: 'count', summary: 'How many snapshots to keep', kind: 'count' },
  ],
  group: 'fleet',
  next: (words) => {
    if (words.length === 0) return CHOICES
    return words.length === 1 && words[0] === 'keep' ? ['2', '3'] : []
  },
}
