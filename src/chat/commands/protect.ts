import { BadWords, type Command } from './command.ts'
import { REASON, TIME } from './options.ts'
import { readName, readReason, readSpan } from './words.ts'

export const command: Command = {
  name: 'protect',
  summary: 'spare one member from scale in; `off` lifts it',
  usage: 'protect MEMBER [for DURATION | until HH:MM | off] [REASON]',
  example: '/spinup protect web-2 for 2h debugging',
  parse: ([member, ...words], now, zone) => {
    if (member === undefined) throw new BadWords('Which member?', '/spinup protect web-2 for 2h')
    readName(member, 'member', '/spinup protect web-2 for 2h')
    if (words[0]?.toLowerCase() === 'off') return { kind: 'unprotect', member }
    const { forMs, rest } = readSpan(words, { now, zone, before: `protect ${member}` })
    return { kind: 'protect', member, forMs, reason: readReason(rest) }
  },
  options: [
    { name: 'member', summary: 'Which member', kind: 'text', required: true, offers: ({ members }) => members },
    {
      ...TIME,
      summary: 'How long, such as 2h, or until when, such as 18:00; off lifts it',
      offers: () => ['30m', '2h', '1d', 'off'],
      words: (value) => (value === 'off' ? value : (TIME.words?.(value) ?? value)),
    },
    REASON,
  ],
  group: 'fleet',
  next: (words, facts) => {
    if (words.length === 0) return facts.members
    if (words.length === 1) return ['for', 'until', 'off']
    return words.length === 2 && words[1] === 'for' ? ['30m', '2h', '1d'] : []
  },
}
