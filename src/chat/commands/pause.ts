import { BadWords, type Command } from './command.ts'
import { REASON, TIME } from './options.ts'
import { readReason, readSpan } from './words.ts'

export const command: Command = {
  name: 'pause',
  summary: 'stop deciding for a while; what people type still acts',
  usage: 'pause [for DURATION | until HH:MM] [REASON]',
  example: '/spinup pause for 30m deploying',
  parse: (words, now, zone) => {
    // It would be a reason to pause for good.
    if (words.length === 1 && words[0]?.toLowerCase() === 'off') {
      throw new BadWords('A pause is ended by resume.', '/spinup resume')
    }
    const { forMs, rest } = readSpan(words, { now, zone, before: 'pause' })
    return { kind: 'pause', forMs, reason: readReason(rest) }
  },
  options: [TIME, REASON],
  next: (words) => {
    if (words.length === 0) return ['for', 'until']
    return words.length === 1 && words[0] === 'for' ? ['10m', '30m', '2h'] : []
  },
}
