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
  const said = tidy(text)
  const since = /^(?:since|from) (.+?)(?: (?:-|to|until|till) now)?$/.exec(said)?.[1]
  const plain = partOfDay(since ?? said)
  // `since this morning`: of a part of a day its beginning.
  const open = since === undefined || plain === since ? plain : plain.replace(/-.*$/, '')
  const ends = open.split(/ ?(?:-|\bto\b|\buntil\b|\btill\b) ?/)
  const [first = '', second, third] = monthOnce(ends)
  const read = (words: string, beside: Day | null): Moment => {
    const found = momentOf(words, beside, { now, zone })
    if (found === null) throw notRange(text)
    return found
  }
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
  // By what the clocks were said to show: where they skip an hour, two times of it are one instant.
  const isBack = to.said === 'day' ? to.day < from.day : to.wallMs <= from.wallMs
  // Over midnight, or of the week before: what has no day of its own moves.
  const isLoose = dayIn(first, { now, zone }) === null
  const end = isBack && behind === null ? later(to, 1, zone) : to.said === 'day' ? to.toAt : to.fromAt
  const back = !isBack || behind === null ? 0 : isLoose ? 1 : isWeekday(first) && isWeekday(second) ? 7 : 0
  const fromAt = back === 0 ? from.fromAt : later(from, -back, zone)
  return fitting({ fromAt, toAt: Math.min(end, now), live: end >= now && to.said === 'day' })

  function fitting(found: Stretch): Stretch {
    if (found.fromAt >= now) throw new BadWords('That has not happened yet.', EXAMPLE)
    if (found.fromAt < now - mostMs)
      throw new BadWords(`That is too long ago: ${mostMs / DAY_MS} days are kept.`, 'last 7d')
    if (found.toAt <= found.fromAt) throw new BadWords('That ends before it begins.', EXAMPLE)
    return found.toAt - found.fromAt < LEAST_MS ? { ...found, fromAt: found.toAt - LEAST_MS } : found
  }
}

/** The same; null where the text is none. */
export function stretchIn(text: string, at: Parameters<typeof readStretch>[1]): Stretch | null {
  try {
    return readStretch(text, at)
  } catch (error) {
    if (error instanceof NoStretch) return null
    throw error
  }
}

class NoStretch extends BadWords {}

/** Parts of a day as their hours. A night is over in the morning of the next. */
const PARTS: Readonly<Record<string, string>> = {
  morning: '6:00-12:00',
  afternoon: '12:00-18:00',
  evening: '18:00-0:00',
  night: '22:00-6:00',
}

/** `this morning`, `yesterday evening`, `mon night`, `last night`: the same with hours. */
function partOfDay(plain: string): string {
  const [, before, part = '', behind] = /^(?:(.+) )?(morning|afternoon|evening|night)(?: (.+))?$/.exec(plain) ?? []
  const hours = PARTS[part]
  const day = before ?? behind
  if (hours === undefined || day === undefined || (before !== undefined && behind !== undefined)) return plain
  if (day === 'last') return `yesterday ${hours}`
  return `${day === 'this' ? 'today' : day} ${hours}`
}

/** Dashes of every length as hyphens, one space between words, `22.11.` as it is. */
function tidy(text: string): string {
  return text
    .slice(0, 100)
    .toLowerCase()
    .replaceAll(/(\d{4})-(\d\d)-(\d\d)t?/g, '$1/$2/$3 ')
    .replaceAll(/[‐-―−]/g, '-')
    .replaceAll(/[,\s]+/g, ' ')
    .replace(/\bbetween (.+?) and /, '$1 - ')
    .replace(/^ ?- ?(?=\d+ ?[a-z])/, 'last ')
    .replaceAll(/(?<=\d) (?=[ap]\.?m\b)/g, '')
    .replaceAll(/\b(?:the|on|between|at|of) /g, '')
    .trim()
}

/** `22-24 nov` and `nov 22-24` are days of one month: the month is said with both. */
function monthOnce([first = '', second, ...more]: readonly string[]): readonly string[] {
  if (second === undefined) return [first]
  const [, day, month] = /^(\d{1,2})(?:st|nd|rd|th|\.)? ([a-z]{3,9}(?: \d{4})?)$/.exec(second) ?? []
  if (/^\d{1,2}(?:st|nd|rd|th|\.)?$/.test(first) && isMonth(month) && Number.parseInt(first, 10) < Number(day))
    return [`${first} ${month}`, second, ...more]
  const [, named, begin] = /^([a-z]{3,9}) (\d{1,2})$/.exec(first) ?? []
  if (/^\d{1,2}$/.test(second) && isMonth(named) && Number(begin) < Number(second))
    return [first, `${named} ${second}`, ...more]
  return [first, second, ...more]
}

function isMonth(word = ''): boolean {
  return MONTHS.includes(word.slice(0, 3))
}

/** `last 6h`, `6h`, `past day`, `last week`; null: it is none. */
function lasting(plain: string, now: number, zone: TimeZone, mostMs: number): Stretch | null {
  const words = plain.split(' ')
  const [, weekday] = /^last (\w+)$/.exec(plain) ?? []
  if (weekday !== undefined && weekdayOf(weekday) !== null) return null
  const [, period] = /^this (week|month)$/.exec(plain) ?? []
  if (period !== undefined) {
    const today = wallDay(now, zone)
    const date = new Date(today)
    const back = period === 'week' ? (date.getUTCDay() + 6) % 7 : date.getUTCDate() - 1
    return { fromAt: instantOf(today - back * DAY_MS, zone), toAt: now, live: true }
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
  /** What the clocks show at its beginning, as epoch ms were they UTC's. */
  readonly wallMs: number
  readonly said: 'day' | 'time'
}

interface Clocks {
  readonly now: number
  readonly zone: TimeZone
}

/** `yesterday`, `yesterday 14:00`, `14:00 yesterday`, `14`, `mon 9am`, `2h ago`. null: it is none. */
function momentOf(words: string, beside: Day | null, { now, zone }: Clocks): Moment | null {
  const ago = /^(.+) ago$/.exec(words)?.[1]
  const agoMs = ago === undefined ? null : parseDuration(ago)
  if (agoMs !== null) {
    const fromAt = now - agoMs
    return { fromAt, toAt: now, day: wallDay(fromAt, zone), wallMs: fromAt + zone.offsetMs(fromAt), said: 'time' }
  }
  const dated = dayIn(words, { now, zone })
  const time = dated === null ? words : dated.rest
  if (time === '' && dated !== null) {
    const { day } = dated
    return { fromAt: instantOf(day, zone), toAt: instantOf(day + DAY_MS, zone), day, wallMs: day, said: 'day' }
  }
  const minute = minuteOf(time, true)
  if (minute === null) return null
  const day = dated?.day ?? beside ?? latest(minute, { now, zone })
  const wallMs = day + minute * 60_000
  const fromAt = instantOf(wallMs, zone)
  // `mon 9` alone is that hour.
  return { fromAt, toAt: fromAt + 3_600_000, day, wallMs, said: 'time' }
}

/** The last day whose clocks have shown that minute by now. */
function latest(minute: number, { now, zone }: Clocks): Day {
  const today = wallDay(now, zone)
  return instantOf(today + minute * 60_000, zone) > now ? today - DAY_MS : today
}

/** The same on the clocks so many days later, or before. */
function later({ wallMs }: Moment, days: number, zone: TimeZone): number {
  return instantOf(wallMs + days * DAY_MS, zone)
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

function isWeekday(words: string): boolean {
  return weekdayOf(words.split(' ', 1)[0] ?? '') !== null
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
  return new NoStretch(`“${text}” is not a stretch of time that I understand.`, EXAMPLE)
}
