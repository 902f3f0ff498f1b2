import { answer, isDone } from '../core/model/answer.ts'
import type { Pool } from '../core/model/pool.ts'
import { noSuchPool, poolCalled } from '../core/pool/unmanaged.ts'
import type { Place } from '../core/model/platforms.ts'
import { NOTIFY_LEVELS, type NotifyLevel, type Subscription } from '../core/model/subscription.ts'
import { nearest } from '../core/model/nearest.ts'
import { timeOfDay, timeZoneOf } from '../core/model/time-zone.ts'
import type { Action, AnswerView, Field, View } from '../core/model/view.ts'
import { newSubscription } from '../store/subscriptions.ts'
import { clockOf, lastWeekly } from '../core/notify/channel.ts'
import { timeZoneAt } from '../engine/reports/live.ts'
import type { Command, Here } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readHours, readMinute, readWeekday, readZone, zones } from './grammar/clock.ts'
import { readEnd } from './grammar/words.ts'

/** What a channel gets, and when. Times of day are minutes after midnight in `timeZone` (IANA name; null: as it is). */
export type NotifyChoice =
  | { readonly kind: 'show' }
  | { readonly kind: 'level'; readonly level: NotifyLevel }
  | {
      readonly kind: 'quiet'
      readonly hours: { readonly from: number; readonly to: number } | null
      readonly timeZone: string | null
    }
  /** Of which pools, by name; none: of every one. */
  | { readonly kind: 'pools'; readonly names: readonly string[] }
  /** The weekly summary; `weekday` 0 is Sunday. */
  | {
      readonly kind: 'weekly'
      readonly at: { readonly weekday: number; readonly minute: number } | null
      readonly timeZone: string | null
    }

const CHOICES = [...NOTIFY_LEVELS, 'pools', 'quiet', 'weekly'] as const
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export const command: Command<{ readonly kind: 'notify'; readonly choice: NotifyChoice }> = {
  name: 'notify',
  task: 'rules',
  phrases: { 'quiet *': 'quiet hours *' },
  aliases: 'notifications, notification, alerts, alert, subscribe',
  asks: { '': 'notification, alert, notify, noisy, quiet hour, snoozed' },
  summary: 'what this channel gets: everything, changes, trouble or nothing; its quiet hours and weekly summary',
  usage: 'notify [all | changes | trouble | off | pools NAME … | quiet HH:MM-HH:MM | weekly DAY HH:MM] [TIME ZONE]',
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
  next: (words, { pools }) => {
    const [choice, first, second] = words
    if (choice === undefined) return CHOICES
    if (choice === 'pools') return ['all', ...pools].filter((name) => !words.includes(name))
    if (choice === 'quiet') {
      return first === undefined ? ['22:00-07:00', 'off'] : first === 'off' || second !== undefined ? [] : zones()
    }
    if (choice !== 'weekly') return []
    if (first === undefined) return [...DAYS, 'off']
    if (first === 'off' || words.length > 3) return []
    return second === undefined ? ['09:00', '10:00', '16:00'] : zones()
  },
  forOne: true,
  reads: ({ choice }) => choice.kind === 'show',
  access: 'open',
  needs: 'nothing',
  audit: { words: ({ choice }) => wordsOf(choice), beside: isDone },
  run: (here, { choice }) => notify(here, choice),
}

const MEANT = new Map([
  ['nothing', 'off'],
  ['none', 'off'],
])

function read(words: readonly string[]): NotifyChoice {
  const [first, ...rest] = words.filter((word) => !/^(only|me|us|about|level)$/i.test(word))
  if (first === undefined) return { kind: 'show' }
  const choice = CHOICES.find((known) => known === (MEANT.get(first.toLowerCase()) ?? first.toLowerCase()))
  if (choice === undefined) {
    const near = nearest(first, CHOICES)
    throw new BadWords(`“${first}” is not something a channel can get.`, `/spinup notify ${near ?? 'all'}`)
  }
  if (choice === 'quiet') return quiet(rest)
  if (choice === 'pools') return { kind: 'pools', names: readPools(rest) }
  if (choice === 'weekly') return weekly(rest)
  readEnd(rest)
  return { kind: 'level', level: choice }
}

function readPools(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw new BadWords('Which pools? Name them, or say all.', '/spinup notify pools all')
  const names = words.flatMap((word) => word.toLowerCase().split(',')).filter((word) => !/^(|and|&)$/.test(word))
  return names.includes('all') ? [] : names
}

function quiet(all: readonly string[]): NotifyChoice {
  const words = all.filter((word) => !/^(hours?|from)$/i.test(word))
  const off = readOff(words)
  if (off) return { kind: 'quiet', hours: null, timeZone: null }
  const { from, to, rest } = readHours(words, (hours) => `/spinup notify quiet ${hours}`)
  const timeZone = readZone(rest, (zone) => `/spinup notify quiet ${clockOf(from)}-${clockOf(to)} ${zone}`)
  return { kind: 'quiet', hours: { from, to }, timeZone }
}

function weekly(words: readonly string[]): NotifyChoice {
  if (readOff(words)) return { kind: 'weekly', at: null, timeZone: null }
  const [day, time, ...rest] = words
  const weekday = readWeekday(day, (near) => `/spinup notify weekly ${near} ${time ?? '09:00'}`)
  const name = day ?? 'mon'
  const minute = readMinute(time, `/spinup notify weekly ${name} 09:00`)
  const timeZone = readZone(rest, (zone) => `/spinup notify weekly ${name} ${clockOf(minute)} ${zone}`)
  return { kind: 'weekly', at: { weekday, minute }, timeZone }
}

function readOff([first, ...rest]: readonly string[]): boolean {
  if (first?.toLowerCase() !== 'off') return false
  readEnd(rest)
  return true
}

/** The choice as it is typed. */
function wordsOf(choice: NotifyChoice): string {
  switch (choice.kind) {
    case 'show':
      return ''
    case 'level':
      return choice.level
    case 'pools':
      return `pools ${choice.names.join(' ') || 'all'}`
    case 'quiet': {
      const { hours, timeZone } = choice
      return hours === null ? 'quiet off' : `quiet ${clockOf(hours.from)}-${clockOf(hours.to)} ${timeZone ?? ''}`
    }
    case 'weekly': {
      const { at, timeZone } = choice
      return at === null
        ? 'weekly off'
        : `weekly ${DAYS.at(at.weekday - 1) ?? ''} ${clockOf(at.minute)} ${timeZone ?? ''}`
    }
  }
}

const DAY_NAMES = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays']

const LEVELS: Readonly<Record<NotifyLevel, { readonly label: string; readonly meaning: string }>> = {
  all: { label: 'Everything', meaning: 'everything' },
  changes: { label: 'Changes', meaning: 'scale events, questions and trouble' },
  trouble: { label: 'Trouble', meaning: 'questions and trouble' },
  off: { label: 'Nothing', meaning: 'nothing' },
}

/** Shows or sets what the asker's channel gets. */
async function notify({ services, asker, pools }: Here, choice: NotifyChoice): Promise<readonly View[]> {
  const { place } = asker
  // The team's, for a channel that never named its own.
  const timeZone = await timeZoneAt(services, place)
  const now = services.now()
  const before = await services.notices.settings(place)
  if (before === 'always') {
    const text = 'For a channel of another chat, type this there.'
    return [answer('info', 'The console always shows everything', text)]
  }
  const all = pools.map(({ pool }) => pool)
  if (choice.kind === 'show') {
    return [{ ...settingsView('info', before ?? silent(place), all, timeZone, now), private: true }]
  }
  const chosen = choice.kind === 'pools' ? { ...choice, names: idsOf(choice.names, all) } : choice
  const after = await services.notices.change(place, (channel) => {
    return changed(channel ?? silent(place), chosen, timeZone, now)
  })
  return [settingsView('good', after ?? silent(place), all, timeZone, now)]
}

/** Throws `notFound` for a name of none. */
function idsOf(names: readonly string[], all: readonly Pool[]): readonly string[] {
  return names.map((name) => {
    const found = poolCalled(all, name)
    if (found !== null) return found.id
    throw noSuchPool(
      name,
      all.map((pool) => pool.name),
    )
  })
}

/** A channel that never got anything. */
function silent(place: Place): Subscription {
  return { ...newSubscription(place), level: 'off' }
}

function changed(channel: Subscription, choice: NotifyChoice, timeZone: string, now: number): Subscription {
  if (choice.kind === 'show') return channel
  if (choice.kind === 'level') return { ...channel, level: choice.level }
  if (choice.kind === 'pools') {
    return { ...channel, pools: choice.names, level: channel.level === 'off' ? 'all' : channel.level }
  }
  const zone = choice.timeZone ?? channel.timeZone ?? timeZone
  if (choice.kind === 'quiet') return { ...channel, quiet: choice.hours, timeZone: zone }
  // What was due before it was asked for is not posted.
  const weekly = choice.at === null ? null : { ...choice.at, last: lastWeekly(choice.at, zone, now).clock }
  return { ...channel, weekly, timeZone: zone }
}

function settingsView(
  tone: 'info' | 'good',
  channel: Subscription,
  all: readonly Pool[],
  timeZone: string,
  now: number,
): AnswerView {
  const { level, quiet, snooze, weekly, pools } = channel
  const zoneName = channel.timeZone ?? timeZone
  const zone = timeZoneOf(zoneName)
  const snoozed = snooze !== null && snooze.until > now ? timeOfDay(snooze.until, now, zone) : null
  const hours = quiet === null ? 'none' : `${clockOf(quiet.from)}–${clockOf(quiet.to)} ${zoneName}`
  const week = weekly === null ? 'none' : `${DAY_NAMES[weekly.weekday] ?? ''} ${clockOf(weekly.minute)} ${zoneName}`
  const fields: Field[] = [
    { name: 'Quiet hours', value: hours },
    ...(snoozed === null ? [] : [{ name: 'Snoozed until', value: snoozed }]),
    { name: 'Weekly summary', value: week },
    {
      name: 'Pools',
      value: pools.length === 0 ? 'all' : pools.map((id) => all.find((one) => one.id === id)?.name ?? id).join(', '),
    },
  ]
  const spared =
    level === 'off'
      ? 'Cards that are here already keep changing.'
      : quiet === null && snoozed === null
        ? 'It comes as it happens.'
        : 'In quiet hours and while snoozed it comes as one digest afterwards; questions and bad news come at once.'
  return answer(tone, `This channel gets ${LEVELS[level].meaning}`, spared, actions(level, snoozed !== null), fields)
}

function actions(level: NotifyLevel, snoozed: boolean): readonly Action[] {
  const levels = NOTIFY_LEVELS.filter((other) => other !== level).map((other): Action => ({
    action: `run:/spinup notify ${other}`,
    label: LEVELS[other].label,
    style: 'plain',
  }))
  if (level === 'off') return levels
  const sleep: Action = snoozed
    ? { action: 'run:/spinup snooze off', label: 'End the snooze', style: 'plain' }
    : { action: 'run:/spinup snooze 1h', label: 'Snooze 1 h', style: 'plain' }
  return [...levels, sleep]
}
