import { nearest } from '../../core/model/nearest.ts'
import { untilMinute, type TimeZone } from '../../core/model/time-zone.ts'
import { BadWords } from './bad-words.ts'
import { dayIn, timeAhead } from './time-ahead.ts'
import { clean, clockText, durationAt, isSlip, likely, LONGEST_MS, minuteOf, MOST_WORDS } from './time.ts'

/** When and for whom a span is read, and the words before it, for the line that is suggested: `pin 3`. */
export interface Clock {
  readonly now: number
  readonly zone: TimeZone
  readonly before: string
  /** What may last until somebody lifts it takes `forever`, too. */
  readonly endless?: true
}

export interface Span {
  /** null: none was said, or it lasts until it is lifted. */
  readonly forMs: number | null
  /** The words without it. */
  readonly rest: readonly string[]
}

const UNTIL = /^(until|till?|thru|through)$/i
const ENDLESS = /^(forever|ever|always|indefinitely|permanently|infinity|infinite|∞|good)$/i

/**
 * A duration, a time of day or `forever`: at the start of `words`, at their end, or after a `for` or `until` among them;
 * gives what is left, which is a reason. After `reason:` nothing is read. Throws `BadWords` for what is nearly one.
 */
export function readSpan(words: readonly string[], clock: Clock): Span {
  const marked = words.findIndex((word) => /^reason:/i.test(word))
  const open = marked < 0 ? words : words.slice(0, marked)
  const reason = marked < 0 ? [] : words.slice(marked)
  const found =
    open.length === 0 ? null : (atStart(open, clock) ?? within(open, clock) ?? atEnd(now(open, clock), clock))
  refuseLater(found === null ? open : found.rest, clock)
  if (found === null) return { forMs: null, rest: words }
  if (within(found.rest, clock) !== null) throw new BadWords('Two times are given.', right(clock, 'for 90m'))
  return { forMs: found.forMs, rest: [...found.rest, ...reason] }
}

function atStart(words: readonly string[], clock: Clock): Span | null {
  const [first = '', second] = words
  if (UNTIL.test(first)) return until(words.slice(1), clock)
  if (/^for$/i.test(first)) return lasting(words.slice(1), clock)
  if (/^to$/i.test(first) && minuteOf(second ?? '') !== null) return until(words.slice(1), clock)
  const span = durationAt(words)
  if (span !== null) return { forMs: checked(span.ms, clock), rest: words.slice(span.length) }
  if (/^(forever|always|indefinitely|permanently|infinity|∞)$/i.test(first)) return endless(words.slice(1), clock)
  const clocked = first.replace(/^@/, '')
  if (minuteOf(clocked) !== null) throw new BadWords(`Until ${clocked}?`, right(clock, `until ${clockText(clocked)}`))
  if (/^\d+([.,]\d+)?$/.test(first)) {
    throw noUnit(words, clock)
  }
  if (/^@?\d{1,2}:\d/.test(first)) throw new BadWords(`“${first}” is not a time of day.`, right(clock, 'until 18:00'))
  if (isSlip(first)) throw new BadWords(`“${first}” is not a duration.`, right(clock, `for ${likely(first)}`))
  // `fo 2h` would otherwise be a reason, and the time nobody meant.
  const timed = second !== undefined && minuteOf(second) !== null
  const near =
    timed || durationAt(words.slice(1)) !== null ? nearest(first, timed ? ['until', 'for'] : ['for', 'until']) : null
  if (near === null || near === first.toLowerCase()) return null
  throw new BadWords(`I do not understand “${first}”.`, right(clock, `${near} ${words.slice(1, 4).join(' ')}`))
}

/** `in 10 minutes`, `at 6pm`, `from 9 to 5` are said of a beginning. */
const LATER = /^(in|at|from|after|by|before|@|on)$/i
const DAY = /^(tomorrow|tonight|(mon|tues|wednes|thurs|fri|satur|sun)day)$/i

const DAYS =
  '(day|night|week|weekend|month|year|hour|morning|afternoon|evening|(mon|tues|wednes|thurs|fri|satur|sun)day)s?'
/** A time that is still to come, or a condition: nothing here waits for one. */
const TO_COME = new RegExp(
  '^(if|unless|when|whenever|once|after|as soon as|in case|later|soon|afterwards|daily|nightly|weekly|hourly|monthly' +
    '|between \\d.*|(starting|beginning) (at|in|on|from|with|tomorrow|tonight|next|\\d).*' +
    `|(every|each|next|on) ${DAYS}|(${DAYS.replaceAll('?', '')}))(\\s|$)`,
  'i',
)
/** A length that is no number. */
const VAGUE = new RegExp(
  `^((all|this|over|during|for|the|whole|entire|full|rest|of|next) )+${DAYS}(\\s|$)|^(overnight|weekend|a (bit|while|moment|few minutes))(\\s|$)`,
  'i',
)

/** What reads as a reason, and was meant as a time: it would begin at once, and last as long as nobody said. */
function refuseLater(words: readonly string[], clock: Clock): void {
  const text = words.join(' ')
  const later = TO_COME.test(text) || DAY.test(words[0] ?? '') || (LATER.test(words[0] ?? '') && isTime(words.slice(1)))
  if (later) throw new BadWords('That begins at once, never later.', right(clock, 'for 30m'))
  refuseVague(text, clock)
}

function refuseVague(text: string, clock: Clock): void {
  const [vague] = VAGUE.exec(text) ?? []
  if (vague === undefined) return
  const meant = /weekend/i.test(vague) ? '2d' : /week/i.test(vague) ? '7d' : /^a /i.test(vague) ? '30m' : '12h'
  throw new BadWords(`“${vague.trim()}” is not a duration.`, right(clock, `for ${meant}`))
}

function isTime(words: readonly string[]): boolean {
  const [first = ''] = words
  return durationAt(words) !== null || minuteOf(first, true) !== null || DAY.test(first)
}

/** The same words, where none of them ask for a later beginning. */
function now(words: readonly string[], clock: Clock): readonly string[] {
  const later = words.some((word, at) => LATER.test(word) && isTime(words.slice(at + 1)))
  if (!later && !DAY.test(words[0] ?? '')) return words
  throw new BadWords('That begins at once, never later.', right(clock, 'for 30m'))
}

/** `deploying for 30m`. */
function within(words: readonly string[], clock: Clock): Span | null {
  for (const [at, word] of words.entries()) {
    const next = words.slice(at + 1)
    const isFor = /^for$/i.test(word)
    const timed =
      (isFor && (durationAt(next) !== null || isSlip(next[0] ?? '') || isEndless(next))) ||
      (UNTIL.test(word) && timeAhead(next, clock.now, clock.zone) !== null)
    if (!timed) continue
    const { forMs, rest } = isFor ? lasting(next, clock) : until(next, clock)
    return { forMs, rest: [...words.slice(0, at), ...rest] }
  }
  return null
}

/** `deploying 30m`. */
function atEnd(words: readonly string[], clock: Clock): Span | null {
  for (let at = Math.max(1, words.length - MOST_WORDS); at < words.length; at++) {
    const span = durationAt(words.slice(at))
    if (span !== null && at + span.length === words.length) {
      return { forMs: checked(span.ms, clock), rest: words.slice(0, at) }
    }
  }
  return null
}

function isEndless([first = '', second = '']: readonly string[]): boolean {
  return ENDLESS.test(first) || (/^an?$/i.test(first) && ENDLESS.test(second))
}

function endless(rest: readonly string[], clock: Clock): Span {
  if (clock.endless === true) return { forMs: null, rest }
  throw new BadWords('That ends by itself: at most 30 days.', right(clock, 'for 30d'))
}

/** What follows `for`. */
function lasting(words: readonly string[], clock: Clock): Span {
  const span = durationAt(words)
  if (span !== null) return { forMs: checked(span.ms, clock), rest: words.slice(span.length) }
  if (isEndless(words)) return endless(words.slice(1), clock)
  const [word] = words
  if (word === undefined) throw new BadWords('A duration is missing.', right(clock, 'for 90m'))
  if (minuteOf(word) !== null) {
    throw new BadWords(`${word} is a time of day, not a duration.`, right(clock, `until ${clockText(word)}`))
  }
  refuseVague(words.join(' '), clock)
  if (/^\d+([.,]\d+)?$/.test(word)) throw noUnit(words, clock)
  const after = words.findIndex((_, at) => at < 4 && durationAt(words.slice(at)) !== null)
  const found = after < 0 ? null : durationAt(words.slice(after))
  throw new BadWords(
    `“${word}” is not a duration.`,
    right(clock, `for ${found === null ? likely(word) : words.slice(after, after + found.length).join(' ')}`),
  )
}

/** `90`, `2 Stunden`: a number without a unit that is known. */
function noUnit([number = '', unit = '']: readonly string[], clock: Clock): BadWords {
  const [letter] = /^[mhd](?=\p{L}*$)/iu.exec(unit) ?? []
  return new BadWords(
    `“${number}” of what? Minutes or hours, say.`,
    right(clock, `for ${likely(number + (letter ?? ''))}`),
  )
}

function checked(ms: number, clock: Clock): number {
  if (ms < 0) throw new BadWords('A time cannot be negative.', right(clock, `for ${clean(-ms)}`))
  if (ms > LONGEST_MS) throw new BadWords('That is too long: at most 30 days.', right(clock, 'for 30d'))
  if (ms < 1000) throw new BadWords('That is too short: at least a second.', right(clock, 'for 10m'))
  return Math.round(ms)
}

/** What follows `until`: `18:00`, `6pm`, `6 pm tomorrow`, `friday 09:00`. */
function until(words: readonly string[], clock: Clock): Span {
  const time = timeAhead(words, clock.now, clock.zone)
  if (time !== null && time.ms <= 0) {
    const said = words.slice(0, time.length).join(' ')
    throw new BadWords(
      `“${said}” has passed.`,
      right(clock, `until tomorrow ${said.replace(/\s*(today|tonight)\s*/i, '')}`),
    )
  }
  if (time !== null) return { forMs: checked(time.ms, clock), rest: words.slice(time.length) }
  if (clock.endless === true && isLifted(words)) return { forMs: null, rest: [] }
  const [word] = words
  const span = durationAt(words)
  if (span !== null && word !== undefined) {
    throw new BadWords(
      `“${word}” is not a time of day.`,
      right(clock, `for ${span.ms > 0 ? words.slice(0, span.length).join(' ') : '90m'}`),
    )
  }
  const said = word === undefined ? 'Until when?' : `“${word}” is not a time of day.`
  const { day } = dayIn(words) ?? {}
  const like =
    day === undefined
      ? soonest(word ?? '', clock)
      : `${day} ${day === 'today' || day === 'tonight' ? '23:00' : '09:00'}`
  throw new BadWords(said, right(clock, `until ${like}`))
}

/** Of `6`, which may be the morning or the evening, the one that comes first. */
function soonest(word: string, { now, zone }: Clock): string {
  const times = /^(0?[1-9]|1[0-2])$/.test(word) ? [`${word}am`, `${word}pm`] : []
  const left = (time: string): number => untilMinute(minuteOf(time) ?? 0, now, zone)
  return clockText(times.toSorted((a, b) => left(a) - left(b))[0] ?? word)
}

/** `until further notice`, `until I say so`, `until resumed`. */
function isLifted(words: readonly string[]): boolean {
  return /^(further notice|i\b|we\b|told|lifted|resumed?|somebody|someone)/i.test(words.slice(0, 2).join(' '))
}

function right({ before }: Clock, span: string): string {
  return `/spinup ${before} ${span}`
}
