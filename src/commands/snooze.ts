import { answer, isDone } from '../core/model/answer.ts'
import { nearest } from '../core/model/nearest.ts'
import { timeOfDay, timeZoneOf } from '../core/model/time-zone.ts'
import type { View } from '../core/model/view.ts'
import { timeZoneAt } from '../engine/reports/live.ts'
import type { Command, Here, Reading } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readSpan } from './grammar/span.ts'
import { minuteOf } from './grammar/time.ts'
import { readEnd, spanWords } from './grammar/words.ts'

const DEFAULT_MS = 3600_000

/** `forMs` null ends the snooze. */
export interface Snooze {
  readonly kind: 'snooze'
  readonly forMs: number | null
}

export const command: Command<Snooze> = {
  name: 'snooze',
  task: 'rules',
  aliases: 'mute, hush, shush, silence, be quiet, shut up, dnd, quiet',
  phrases: {
    '': 'pause notifications, pause alerts, pause notices, pause messages, stop notifications, stop alerts, stop messages',
    off: 'unsnooze, unmute, stop snooze, cancel snooze, end snooze',
  },
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
  access: 'open',
  needs: 'nothing',
  audit: { words: ({ forMs }) => (forMs === null ? 'off' : spanWords(forMs)), beside: isDone },
  run: snooze,
}

function read(words: readonly string[], at: Reading): Snooze {
  const [first, ...more] = words
  if (first === undefined) return { kind: 'snooze', forMs: DEFAULT_MS }
  if (first.toLowerCase() === 'off') {
    readEnd(more)
    return { kind: 'snooze', forMs: null }
  }
  const { forMs, rest } = readSpan(minuteOf(first) === null ? words : ['until', ...words], { ...at, before: 'snooze' })
  if (forMs !== null) {
    readEnd(rest)
    return { kind: 'snooze', forMs }
  }
  const near = nearest(first, ['off', 'until'])
  const like = near === 'off' ? 'off' : near === 'until' ? 'until 18:00' : '1h'
  throw new BadWords(`“${first}” is not a duration.`, `/spinup snooze ${like}`)
}

const TO_NOTIFY = { action: 'run:/spinup notify', label: 'What it gets', style: 'plain' } as const

/** Spares the asker's channel for a while, or no longer. */
async function snooze({ services, asker }: Here, request: Snooze): Promise<readonly View[]> {
  const { place } = asker
  const now = services.now()
  const before = await services.notices.settings(place)
  if (before === 'always') {
    const text = 'It always shows everything and notifies nobody. Type this in a channel of another chat instead.'
    return [answer('info', 'The console cannot be snoozed', text)]
  }
  if (before === null || before.level === 'off') {
    return [answer('info', 'This channel gets nothing', 'There is nothing to snooze.', [TO_NOTIFY])]
  }
  if (request.forMs === null) {
    await services.notices.change(place, (channel) => (channel === null ? null : { ...channel, snooze: null }))
    if (before.snooze === null || before.snooze.until <= now) {
      return [answer('info', 'This channel is not snoozed', 'Nothing was changed.', [TO_NOTIFY])]
    }
    return [answer('good', 'This channel is awake again', 'What happened meanwhile comes as one digest.', [TO_NOTIFY])]
  }
  const until = now + request.forMs
  await services.notices.change(place, (channel) => {
    if (channel === null) return null
    // Snoozed for longer is one snooze, and one digest.
    const from = channel.snooze !== null && channel.snooze.until > now ? channel.snooze.from : now
    return { ...channel, snooze: { from, until } }
  })
  const zone = timeZoneOf(before.timeZone ?? (await timeZoneAt(services, place)))
  const text =
    'What happens until then comes as one digest at its end. Questions and bad news still come at once, and cards that are here already keep changing.'
  return [
    answer('good', `Snoozed until ${timeOfDay(until, now, zone)}`, text, [
      { action: 'run:/spinup snooze off', label: 'End it', style: 'plain' },
    ]),
  ]
}
