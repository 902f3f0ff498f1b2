import { BadWords, type Command } from './command.ts'
import { readReason, readSpan } from './words.ts'

export const command: Command = {
  name: 'protect',
  summary: 'spare one member from scale in; `off` lifts it',
  usage: 'protect MEMBER [for DURATION | until HH:MM | off] [REASON]',
  example: '/spinup protect web-2 for 2h debugging',
  parse: ([member, ...words], now) => {
    if (member === undefined) throw new BadWords('Which member?', '/spinup protect web-2 for 2h')
    if (words[0] === 'off') return { kind: 'unprotect', member }
    const { forMs, rest } = readSpan(words, now)
    return { kind: 'protect', member, forMs, reason: readReason(rest) }
  },
  next: (words, facts) => {
    if (words.length === 0) return facts.members
    if (words.length === 1) return ['for', 'until', 'off']
    return words.length === 2 && words[1] === 'for' ? ['30m', '2h', '1d'] : []
  },
}
