import type { Request } from '../../core/model/request.ts'
import type { TimeZone } from '../../core/model/time-zone.ts'
import { BadWords, type Command } from './command.ts'
import { nearest, readEnd, readSpan } from './words.ts'

const DEFAULT_MS = 3600_000
const TIME = /^\d{1,2}:\d{2}$/

export const command: Command = {
  name: 'snooze',
  summary:
    'spare this channel for a while: what happens comes as one digest; questions and bad news still come at once',
  usage: 'snooze [DURATION | until HH:MM | off]',
  example: '/spinup snooze 2h',
  parse: read,
  options: [
    {
      name: 'time',
      summary: 'How long, such as 90m, or until when, such as 18:00; off ends it; an hour unless given',
      kind: 'text',
      offers: () => ['30m', '1h', '4h', '1d', 'off'],
    },
  ],
  next: (words) => {
    if (words.length === 0) return ['1h', '4h', '1d', 'until', 'off']
    return words.length === 1 && words[0] === 'until' ? ['12:00', '18:00'] : []
  },
}

function read(words: readonly string[], now: number, zone: TimeZone): Request {
  const [first, ...more] = words
  if (first === undefined) return { kind: 'snooze', forMs: DEFAULT_MS }
  if (first.toLowerCase() === 'off') {
    readEnd(more)
    return { kind: 'snooze', forMs: null }
  }
  const { forMs, rest } = readSpan(TIME.test(first) ? ['until', ...words] : words, { now, zone, before: 'snooze' })
  if (forMs !== null) {
    readEnd(rest)
    return { kind: 'snooze', forMs }
  }
  const near = nearest(first, ['off', 'until'])
  const like = near === 'off' ? 'off' : near === 'until' ? 'until 18:00' : '1h'
  throw new BadWords(`“${first}” is not a duration.`, `/spinup snooze ${like}`)
}
