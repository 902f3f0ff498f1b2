import { parseDuration } from '../../core/model/words.ts'
import { instantOf, type TimeZone } from '../../core/model/time-zone.ts'
import { BadWords } from './bad-words.ts'
import { readRange } from './range.ts'
import { DAY_MS, minuteOf } from './time.ts'

/** A stretch of the past, epoch ms; `live`: its end is now, and moves on. */
export interface Stretch {
  readonly fromAt: number
  readonly toAt: number
  readonly live: boolean
}

const EXAMPLE = 'yesterday 14:00–15:00'
const LEAST_MS = 60_000
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * A range as people type it: `last 6h`, `yesterday 14:00–15:00`, `mon`, `today`, `22 nov 9–17`, `14:00 to 15:00`,
 * `since 9:00`, `yesterday 22:00 – today 6:00`, `last week`; by the clocks of `zone`. Throws `BadWords` in words.
 */
export function readStretch(
  text: string,
  { now, zone, mostMs }: { readonly now: number; readonly zone: TimeZone; readonly mostMs: number },
): Stretch {
  const plain = tidy(text)
  const since = /^(?:since|from) (.+?)(?: (?:-|to|until|till) now)?$/.exec(plain)?.[1]
  const [first = '', second, third] = (since ?? plain).split(/ ?(?:-|\bto\b|\buntil\b|\btill\b) ?/)
  const read = (words: string, beside: Day | null): Moment => momentOf(words, beside, { now, zone })
  if (plain === '' || third !== undefined) throw notRange(text)
  if (since !== undefined && second === undefined)
    return fitting({ fromAt: read(first, null).fromAt, toAt: now, live: true })
  const past = second === undefined ? lasting(plain, now, zone, mostMs) : null
  if (past !== null) return fitting(past)
  if (second === undefined) {
    const { fromAt, toAt } = read(first, null)
    return fitting({ fromAt, toAt: Math.min(toAt, now), live: toAt >= now })
  }
  // `9-17` is of one day: the day stands before the first, or after the second.
  const behind = dayIn(second, { now, zone })
  const from = read(first, behind?.day ?? null)
  if (second === 'now') return fitting({ fromAt: from.fromAt, toAt: now, live: true })
  const to = read(second, from.day)
  const toAt = to.said === 'day' ? to.toAt : to.fromAt
  // Over midnight.
  const end = toAt <= from.fromAt && behind === null ? dayAfter(to, zone) : toAt
  return fitting({ fromAt: from.fromAt, toAt: Math.min(end, now), live: end >= now && to.said === 'day' })

  function fitting(found: Stretch): Stretch {
    if (found.fromAt >= now) throw new BadWords('That has not happened yet.', EXAMPLE)
    if (found.fromAt < now - mostMs)
      throw new BadWords(`That is too long ago: ${mostMs / DAY_MS} days are kept.`, 'last 7d')
    if (found.toAt <= found.fromAt) throw new BadWords('That ends before it begins.', EXAMPLE)
    return found.toAt - found.fromAt < LEAST_MS ? { ...found, fromAt: found.toAt - LEAST_MS } : found
  }
}

/** Dashes of every length as hyphens, one space between words, `22.11.` as it is. */
function tidy(text: string): string {
  return text
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/(\d{4})-(\d\d)-(\d\d)t?/g, '$1/$2/$3 ')
    .replaceAll(/[‐-―−]/g, '-')
    .replaceAll(/[,\s]+/g, ' ')
    .replaceAll(/(?<=\d) (?=[ap]\.?m\b)/g, '')
    .replaceAll(/\b(?:the|on|between|at|of) /g, '')
    .trim()
}

/** `last 6h`, `6h`, `past day`, `last week`; null: it is none. */
function lasting(plain: string, now: number, zone: TimeZone, mostMs: number): Stretch | null {
  const words = plain.split(' ')
  const [, weekday] = /^last (\w+)$/.exec(plain) ?? []
  if (weekday !== undefined && weekdayOf(weekday) !== null) return null
  if (/^this week$/.test(plain)) {
    const today = wallDay(now, zone)
    const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS
    return { fromAt: instantOf(monday, zone), toAt: now, live: true }
  }
  const { rangeMs, rest } = readRange(words, mostMs, (range) => `last ${range}`)
  if (rangeMs === null || rest.length > 0) return null
  return { fromAt: now - Math.max(rangeMs, LEAST_MS), toAt: now, live: true }
}

/** Midnight of a day, as epoch ms were its clocks UTC's. */
type Day = number

interface Moment {
  readonly fromAt: number
  /** The end of the day, hour or instant that was said. */
  readonly toAt: number
  readonly day: Day
  readonly said: 'day' | 'time'
}

interface Clocks {
  readonly now: number
  readonly zone: TimeZone
}

/** `yesterday`, `yesterday 14:00`, `14:00 yesterday`, `14`, `mon 9am`, `2h ago`. */
function momentOf(words: string, beside: Day | null, { now, zone }: Clocks): Moment {
  const ago = /^(.+) ago$/.exec(words)?.[1]
  const agoMs = ago === undefined ? null : parseDuration(ago)
  if (agoMs !== null) return { fromAt: now - agoMs, toAt: now, day: wallDay(now - agoMs, zone), said: 'time' }
  const dated = dayIn(words, { now, zone })
  const time = dated === null ? words : dated.rest
  if (time === '' && dated !== null) {
    const { day } = dated
    return { fromAt: instantOf(day, zone), toAt: instantOf(day + DAY_MS, zone), day, said: 'day' }
  }
  const minute = minuteOf(time, true)
  if (minute === null) throw notRange(words)
  const day = dated?.day ?? beside ?? latest(minute, { now, zone })
  const fromAt = instantOf(day + minute * 60_000, zone)
  // `mon 9` alone is that hour.
  return { fromAt, toAt: fromAt + 3_600_000, day, said: 'time' }
}

/** The last day whose clocks have shown that minute by now. */
function latest(minute: number, { now, zone }: Clocks): Day {
  const today = wallDay(now, zone)
  return instantOf(today + minute * 60_000, zone) > now ? today - DAY_MS : today
}

function dayAfter({ day, fromAt }: Moment, zone: TimeZone): number {
  const minuteMs = fromAt + zone.offsetMs(fromAt) - day
  return instantOf(day + DAY_MS + minuteMs, zone)
}

/** The day that is named, the newest of that name that has begun, and the other words. */
function dayIn(words: string, { now, zone }: Clocks): { readonly day: Day; readonly rest: string } | null {
  const today = wallDay(now, zone)
  const parts = words.split(' ')
  for (let length = Math.min(3, parts.length); length > 0; length--) {
    for (const at of [0, parts.length - length]) {
      const day = dayOf(parts.slice(at, at + length).join(' '), today)
      if (day !== null) return { day, rest: [...parts.slice(0, at), ...parts.slice(at + length)].join(' ') }
    }
  }
  return null
}

function dayOf(text: string, today: Day): Day | null {
  if (text === 'today' || text === 'tonight') return today
  if (text === 'yesterday') return today - DAY_MS
  if (/^(?:the )?day before yesterday$/.test(text)) return today - 2 * DAY_MS
  const weekday = weekdayOf(text.replace(/^last /, ''))
  if (weekday !== null) {
    const back = (new Date(today).getUTCDay() - weekday + 7) % 7
    return today - (back === 0 && text.startsWith('last ') ? 7 : back) * DAY_MS
  }
  const dated =
    /^(?<day>\d{1,2})(?:st|nd|rd|th|\.)? (?<month>[a-z]{3,9})\.?(?: (?<year>\d{4}))?$/.exec(text) ??
    /^(?<month>[a-z]{3,9})\.? (?<day>\d{1,2})(?:st|nd|rd|th)?(?: (?<year>\d{4}))?$/.exec(text) ??
    /^(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2})$/.exec(text) ??
    /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})?$/.exec(text)
  if (dated?.groups === undefined) return null
  const { day = '', month = '', year } = dated.groups
  const index = /^\d/.test(month) ? Number(month) - 1 : MONTHS.indexOf(month.slice(0, 3))
  if (index < 0 || index > 11) return null
  const own = new Date(today).getUTCFullYear()
  const found = Date.UTC(Number(year ?? own), index, Number(day))
  if (new Date(found).getUTCDate() !== Number(day)) return null
  return found > today && year === undefined ? Date.UTC(own - 1, index, Number(day)) : found
}

/** 0 (Sunday) to 6. */
function weekdayOf(word: string): number | null {
  const found = /^(sun|mon|tue|wed|thu|fri|sat)(?:day|sday|s|rs|nesday|rsday|urday)?$/.exec(word)?.[1]
  return found === undefined ? null : WEEKDAYS.indexOf(found)
}

function wallDay(at: number, zone: TimeZone): Day {
  return Math.floor((at + zone.offsetMs(at)) / DAY_MS) * DAY_MS
}

function notRange(text: string): BadWords {
  return new BadWords(`“${text}” is not a stretch of time that I understand.`, EXAMPLE)
}
