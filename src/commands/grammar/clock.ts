import { nearest } from '../../core/model/nearest.ts'
import { BadWords } from './bad-words.ts'
import { minuteOf } from './time.ts'

/** `18:00`, `7:30`, `6pm` or a bare `7` as minutes after midnight; `like` is a whole line that would be right. */
export function readMinute(word: string | undefined, like: string): number {
  const minute = minuteOf(word ?? '', true)
  if (minute !== null) return minute
  throw new BadWords(word === undefined ? 'A time of day is missing.' : `“${word}” is not a time of day.`, like)
}

/** `22:00-07:00`, with spaces or a longer dash if one likes; gives what is left after it. */
export function readHours(
  words: readonly string[],
  like: (hours: string) => string,
): { readonly from: number; readonly to: number; readonly rest: readonly string[] } {
  const example = like('22:00-07:00')
  const found = /^(\S+?)\s*(?:[-–—]|\sto\s)\s*(\S+)(.*)$/.exec(
    words.join(' ').replaceAll(/(?<=\d) +(?=[ap]\.?m\b)/gi, ''),
  )
  if (found === null) throw new BadWords('Quiet hours go from one time of day to another.', example)
  const [, first, last, rest = ''] = found
  const [from, to] = [readMinute(first, example), readMinute(last, example)]
  if (from === to) throw new BadWords('Quiet hours cannot begin and end at the same time.', like('off'))
  return { from, to, rest: rest.split(' ').filter((word) => word !== '') }
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** `mon`, `Monday`, `mondays` as 0 (Sunday) to 6. */
export function readWeekday(word: string | undefined, like: (day: string) => string): number {
  const found = weekdayOf(word ?? '')
  if (found !== null) return found
  if (word === undefined) throw new BadWords('Which day of the week?', like('mon'))
  throw new BadWords(`“${word}” is not a day of the week.`, like((nearest(word, DAYS) ?? 'monday').slice(0, 3)))
}

/** The same; null: it is none. */
export function weekdayOf(word: string): number | null {
  const plain = word.toLowerCase().replace(/s$/, '')
  const found = plain.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(plain))
  return found < 0 ? null : found
}

/** The IANA name of a time zone as it is written; null when there is no word. */
export function readZone(words: readonly string[], like: (zone: string) => string): string | null {
  if (words.length === 0) return null
  const word = words.join('_')
  const zone = zoneOf(word)
  if (zone !== null) return zone
  const near = nearZone(word)
  throw new BadWords(`There is no time zone called “${words.join(' ')}”.`, like(near ?? 'Europe/Berlin'))
}

/** What people write most, then every other. */
export function zones(): readonly string[] {
  return ['UTC', 'Europe/Berlin', 'Europe/London', 'America/New_York', 'America/Los_Angeles', ...known()]
}

/** What people call the clocks of a place, summer and winter, where no machine does or takes it for another place’s. */
const BY_HABIT = new Map(
  Object.entries({
    'Europe/London': 'bst',
    'Europe/Berlin': 'cet cest',
    'America/New_York': 'est edt',
    'America/Chicago': 'cst cdt',
    'America/Denver': 'mst mdt',
    'America/Los_Angeles': 'pst pdt',
  }).flatMap(([zone, names]) => names.split(' ').map((name) => [name, zone] as const)),
)

/** The IANA name of a zone where a word reads as nothing else: `UTC`, `CET`, `Europe/Berlin`; null: it is none. */
export function zoneNamed(word: string): string | null {
  const plain = word.replace(/[.,;!]+$/, '')
  return /^(utc|gmt)$|\//i.test(plain) || BY_HABIT.has(plain.toLowerCase()) ? zoneOf(plain) : null
}

function zoneOf(word: string): string | null {
  const habit = BY_HABIT.get(word.toLowerCase())
  if (habit !== undefined) return habit
  try {
    return new Intl.DateTimeFormat('en', { timeZone: word }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** By the name of the place alone (`berlin`), else by how it is spelt. */
function nearZone(word: string): string | null {
  const all = known()
  const place = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).toLowerCase()
  const near = nearest(word, all) ?? nearest(word, all.map(place))
  return all.find((zone) => zone === near || place(zone) === near) ?? null
}

function known(): readonly string[] {
  return Intl.supportedValuesOf('timeZone')
}
