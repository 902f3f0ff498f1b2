import type { Asker, Place } from '../../core/model/place.ts'
import { NOTIFY_LEVELS, type NotifyChoice, type NotifyLevel } from '../../core/model/request.ts'
import { timeOfDay } from '../../core/model/time-of-day.ts'
import { timeZoneOf } from '../../core/model/time-zone.ts'
import type { Action, AnswerView, Field, View } from '../../core/model/view.ts'
import { newSubscription, type Subscription } from '../../store/subscriptions.ts'
import { lastWeekly } from '../notices/hours.ts'
import type { Services } from '../services.ts'
import { answer } from './answer.ts'

const DAYS = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays']

const LEVELS: Readonly<Record<NotifyLevel, { readonly label: string; readonly meaning: string }>> = {
  all: { label: 'Everything', meaning: 'everything' },
  changes: { label: 'Changes', meaning: 'scale events, questions and trouble' },
  trouble: { label: 'Trouble', meaning: 'questions and trouble' },
  off: { label: 'Nothing', meaning: 'nothing' },
}

/** Shows or sets what the asker's channel is told. `timeZone`: the team's, for a channel that never named its own. */
export async function notify(
  services: Services,
  choice: NotifyChoice,
  { place }: Asker,
  timeZone: string,
): Promise<readonly View[]> {
  const now = services.now()
  const before = await services.notices.settings(place)
  if (before === 'always') {
    const text = 'What a channel of Slack or Discord is told, and when, is set by typing this there.'
    return [answer('info', 'The console always shows everything', text)]
  }
  if (choice.kind === 'show') {
    return [{ ...settingsView('info', before ?? silent(place), timeZone, now), private: true }]
  }
  const after = await services.notices.change(place, (channel) => {
    return changed(channel ?? silent(place), choice, timeZone, now)
  })
  return [settingsView('good', after ?? silent(place), timeZone, now)]
}

/** A channel that was never told anything. */
function silent(place: Place): Subscription {
  return { ...newSubscription(place), level: 'off' }
}

function changed(channel: Subscription, choice: NotifyChoice, timeZone: string, now: number): Subscription {
  if (choice.kind === 'show') return channel
  if (choice.kind === 'level') return { ...channel, level: choice.level }
  const zone = choice.timeZone ?? channel.timeZone ?? timeZone
  if (choice.kind === 'quiet') return { ...channel, quiet: choice.hours, timeZone: zone }
  // What was due before it was asked for is not told.
  const weekly = choice.at === null ? null : { ...choice.at, last: lastWeekly(choice.at, zone, now).clock }
  return { ...channel, weekly, timeZone: zone }
}

function settingsView(tone: 'info' | 'good', channel: Subscription, timeZone: string, now: number): AnswerView {
  const { level, quiet, snooze, weekly, pools } = channel
  const zoneName = channel.timeZone ?? timeZone
  const zone = timeZoneOf(zoneName)
  const snoozed = snooze !== null && snooze.until > now ? timeOfDay(snooze.until, now, zone) : null
  const hours = quiet === null ? 'none' : `${clock(quiet.from)}–${clock(quiet.to)} ${zoneName}`
  const week = weekly === null ? 'none' : `${DAYS[weekly.weekday] ?? ''} ${clock(weekly.minute)} ${zoneName}`
  const fields: Field[] = [
    { name: 'Quiet hours', value: hours },
    ...(snoozed === null ? [] : [{ name: 'Snoozed until', value: snoozed }]),
    { name: 'Weekly summary', value: week },
    { name: 'Pools', value: pools.length === 0 ? 'all' : pools.join(', ') },
  ]
  const spared =
    level === 'off'
      ? 'Cards that are here already go on changing.'
      : quiet === null && snoozed === null
        ? 'It comes as it happens.'
        : 'In quiet hours and while snoozed it comes as one digest afterwards; questions and bad news come at once.'
  return answer(tone, `This channel is told ${LEVELS[level].meaning}`, spared, actions(level, snoozed !== null), fields)
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

function clock(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
