import { instantOf, timeZoneOf, untilMinute, type TimeZone } from '../../core/model/time-zone.ts'
import { weekdayOf, zoneNamed } from './clock.ts'
import { DAY_MS, minuteOf } from './time.ts'

/** A time of day that is still to come, with the day and the time zone that are said with it. */
export interface Ahead {
  /** From now; less than nothing for one of today that has passed. */
  readonly ms: number
  /** How many words it has. */
  readonly length: number
}

/** `18:00`, `6 pm tomorrow`, `friday 9am`, `18:00 Europe/Berlin`, at the start of `words`; null: it is none. */
export function timeAhead(words: readonly string[], now: number, zone: TimeZone): Ahead | null {
  const lower = words.slice(0, 6).map((word) => word.toLowerCase().replace(/[.,;!]+$/, ''))
  const before = dayIn(lower)
  const time = clockIn(lower.slice(before?.length ?? 0), before?.day ?? null)
  if (time === null) return null
  let length = (before?.length ?? 0) + time.length
  const there = zoneNamed(words[length] ?? '')
  if (there !== null) length++
  const behind = before === null ? dayIn(lower.slice(length)) : null
  const day = (before ?? behind)?.day ?? null
  const ms = untilDay(day, time.minute, now, there === null ? zone : timeZoneOf(there))
  return { ms, length: length + (behind?.length ?? 0) }
}

/** The day that the words begin with, as it is said: `tomorrow`, `friday`; null: none. */
export function dayIn([first = '', second = '']: readonly string[]): {
  readonly day: string
  readonly length: number
} | null {
  const linked = /^(on|next|this)$/i.test(first) ? 1 : 0
  const day = (linked === 1 ? second : first).toLowerCase()
  const isDay = weekdayOf(day) !== null || (linked === 0 && /^(today|tonight|tomorrow)$/.test(day))
  return isDay ? { day, length: 1 + linked } : null
}

function clockIn(
  [first = '', second = '']: readonly string[],
  day: string | null,
): (Omit<Ahead, 'ms'> & { readonly minute: number }) | null {
  const word = first.replace(/^(\d{1,2})h(\d\d)$/, '$1:$2')
  const pair = /^[ap]\.?m$/.test(second) ? minuteOf(`${word} ${second}`) : null
  const minute = pair ?? minuteOf(word, day !== null) ?? over12(word)
  if (minute === null) return null
  const isEvening = day === 'tonight' && minute < 12 * 60 && !/a\.?m$/.test(pair === null ? word : second)
  return { minute: isEvening ? minute + 12 * 60 : minute, length: pair === null ? 1 : 2 }
}

/** `until 18` and `18h` can only be the evening; `until 6` may be either. */
function over12(word: string): number | null {
  const [, hour] = /^(1[3-9]|2[0-3])h?$/.exec(word) ?? []
  return hour === undefined ? null : Number(hour) * 60
}

function untilDay(day: string | null, minute: number, now: number, zone: TimeZone): number {
  if (day === null) return untilMinute(minute, now, zone)
  const today = Math.floor((now + zone.offsetMs(now)) / DAY_MS) * DAY_MS
  const weekday = weekdayOf(day)
  const days = weekday === null ? Number(day === 'tomorrow') : (weekday - new Date(today).getUTCDay() + 7) % 7
  const after = (more: number): number => instantOf(today + (days + more) * DAY_MS + minute * 60_000, zone) - now
  const ms = after(0)
  return ms <= 0 && weekday !== null ? after(7) : ms
}
