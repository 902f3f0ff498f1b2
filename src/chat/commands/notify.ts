import { NOTIFY_LEVELS, type NotifyChoice } from '../../core/model/request.ts'
import { readHours, readMinute, readWeekday, readZone, zones } from './clock.ts'
import { BadWords, type Command } from './command.ts'
import { nearest, readEnd } from './words.ts'

const CHOICES = [...NOTIFY_LEVELS, 'quiet', 'weekly'] as const
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export const command: Command = {
  name: 'notify',
  summary: 'what this channel is told: everything, changes, trouble or nothing; its quiet hours and weekly summary',
  usage: 'notify [all | changes | trouble | off | quiet HH:MM-HH:MM | weekly DAY HH:MM] [TIME ZONE]',
  example: '/spinup notify quiet 22:00-07:00 Europe/Berlin',
  parse: (words) => ({ kind: 'notify', choice: read(words) }),
  options: [
    { name: 'choice', summary: 'What to set; leave it out to see what is set', kind: 'text', choices: CHOICES },
    {
      name: 'time',
      summary: 'Quiet hours such as 22:00-07:00, or the day and time of the weekly summary; off for none',
      kind: 'text',
      offers: () => ['22:00-07:00', 'mon 09:00', 'off'],
    },
    { name: 'zone', summary: 'The time zone of these times, such as Europe/Berlin', kind: 'text', offers: zones },
  ],
  next: (words) => {
    const [choice, first, second] = words
    if (choice === undefined) return CHOICES
    if (choice === 'quiet') {
      return first === undefined ? ['22:00-07:00', 'off'] : first === 'off' || second !== undefined ? [] : zones()
    }
    if (choice !== 'weekly') return []
    if (first === undefined) return [...DAYS, 'off']
    if (first === 'off' || words.length > 3) return []
    return second === undefined ? ['09:00', '10:00', '16:00'] : zones()
  },
}

function read([first, ...rest]: readonly string[]): NotifyChoice {
  if (first === undefined) return { kind: 'show' }
  const choice = CHOICES.find((known) => known === first.toLowerCase())
  if (choice === undefined) {
    const near = nearest(first, CHOICES)
    throw new BadWords(`“${first}” is nothing a channel can be told.`, `/spinup notify ${near ?? 'all'}`)
  }
  if (choice === 'quiet') return quiet(rest)
  if (choice === 'weekly') return weekly(rest)
  readEnd(rest)
  return { kind: 'level', level: choice }
}

function quiet(words: readonly string[]): NotifyChoice {
  const off = readOff(words)
  if (off) return { kind: 'quiet', hours: null, timeZone: null }
  const { from, to, rest } = readHours(words, (hours) => `/spinup notify quiet ${hours}`)
  const timeZone = readZone(rest, (zone) => `/spinup notify quiet ${clock(from)}-${clock(to)} ${zone}`)
  return { kind: 'quiet', hours: { from, to }, timeZone }
}

function weekly(words: readonly string[]): NotifyChoice {
  if (readOff(words)) return { kind: 'weekly', at: null, timeZone: null }
  const [day, time, ...rest] = words
  const weekday = readWeekday(day, (near) => `/spinup notify weekly ${near} ${time ?? '09:00'}`)
  const name = day ?? 'mon'
  const minute = readMinute(time, `/spinup notify weekly ${name} 09:00`)
  const timeZone = readZone(rest, (zone) => `/spinup notify weekly ${name} ${clock(minute)} ${zone}`)
  return { kind: 'weekly', at: { weekday, minute }, timeZone }
}

function readOff([first, ...rest]: readonly string[]): boolean {
  if (first?.toLowerCase() !== 'off') return false
  readEnd(rest)
  return true
}

function clock(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
