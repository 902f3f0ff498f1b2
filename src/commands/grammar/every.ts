import { clockOf } from '../../core/notify/channel.ts'
import { readMinute, readWeekday, readZone, weekdayOf } from './clock.ts'

/** When something is done again and again: days of the week (0 is Sunday) and minutes after midnight; null: the team's zone. */
export interface Every {
  readonly weekdays: readonly number[]
  readonly minute: number
  readonly timeZone: string | null
}

const GROUPS: readonly (readonly [pattern: RegExp, weekdays: readonly number[]])[] = [
  [/^(days?|daily)$/i, [0, 1, 2, 3, 4, 5, 6]],
  [/^(weekdays?|workdays?)$/i, [1, 2, 3, 4, 5]],
  [/^weekends?$/i, [6, 0]],
]
const DAY = /^(sun|mon|tue|wed|thu|fri|sat)[a-z]*$/i
const LINK = /^(and|&|on|,)$/i

/**
 * `mon 9:00`, `day at 9am`, `mon,thu 18:30 Europe/Berlin`: what stands after `every`. Throws `BadWords`; `like` is the
 * whole line that would be right with those words.
 */
export function readEvery(words: readonly string[], like: (every: string) => string): Every {
  const parts = words.flatMap((word) => word.split(/,(?=.)/)).flatMap((word) => spread(word.replace(/,$/, '')))
  const weekdays: number[] = []
  let at = 0
  for (; at < parts.length; at++) {
    const word = parts[at] ?? ''
    const group = GROUPS.find(([pattern]) => pattern.test(word))
    if (group !== undefined) weekdays.push(...group[1])
    else if (DAY.test(word)) weekdays.push(readWeekday(word, (day) => like(`${day} 9:00`)))
    else if (!LINK.test(word) || weekdays.length === 0) break
  }
  const said = parts.slice(0, at).join(',') || 'mon'
  if (weekdays.length === 0) readWeekday(parts[0], (day) => like(`${day} 9:00`))
  const rest = parts.slice(at).filter((word) => !/^(at|@)$/i.test(word))
  const half = /^[ap]\.?m\.?$/i.test(rest[1] ?? '') ? 2 : 1
  const time = rest.length === 0 ? undefined : rest.slice(0, half).join('')
  const minute = readMinute(time, like(`${said} 9:00`))
  const timeZone = readZone(rest.slice(half), (zone) => like(`${said} ${clockOf(minute)} ${zone}`))
  return { weekdays: [...new Set(weekdays)].toSorted(), minute, timeZone }
}

/** `mon-fri` as each of its days. */
function spread(word: string): readonly string[] {
  const [from = '', to, ...more] = word.split('-')
  const [first, last] = [weekdayOf(from), weekdayOf(to ?? '')]
  if (first === null || last === null || more.length > 0) return [word]
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, day) => SHORT[(first + day) % 7]!)
}

const SHORT = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** As it is typed. */
export function everyWords({ weekdays, minute, timeZone }: Every): string {
  const days = weekdays.length === 7 ? 'day' : weekdays.map((day) => SHORT[day]).join(',')
  return ['every', days, clockOf(minute), ...(timeZone === null ? [] : [timeZone])].join(' ')
}
