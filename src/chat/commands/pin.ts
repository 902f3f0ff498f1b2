import { BadWords, type Command } from './command.ts'
import { COUNT, REASON, TIME } from './options.ts'
import { readCount, readReason, readSpan } from './words.ts'

const DEFAULT_MS = 3600_000

export const command: Command = {
  name: 'pin',
  summary: 'hold the count for a while, whatever the load (one hour when you give no time)',
  usage: 'pin COUNT [for DURATION | until HH:MM] [REASON]',
  example: '/spinup pin 3 for 10m launch day',
  parse: ([first, ...words], now, zone) => {
    if (first?.toLowerCase() === 'off') throw new BadWords('A pin is ended by unpin.', '/spinup unpin')
    const count = readCount(first, 'a count', 1)
    const { forMs, rest } = readSpan(words[0]?.toLowerCase() === 'at' ? words.slice(1) : words, {
      now,
      zone,
      before: `pin ${count}`,
    })
    return { kind: 'pin', count, forMs: forMs ?? DEFAULT_MS, reason: readReason(rest) }
  },
  options: [COUNT, TIME, REASON],
  next: (words) => {
    if (words.length === 0) return ['2', '3', '4']
    if (words.length === 1) return ['for', 'until']
    return words.length === 2 && words[1] === 'for' ? ['10m', '1h', '2h', '1d'] : []
  },
}
