import { parseDuration } from '../../core/model/duration.ts'
import { nearest } from '../../core/model/nearest.ts'
import { untilMinute } from '../../core/model/time-of-day.ts'
import type { TimeZone } from '../../core/model/time-zone.ts'
import { capital, duration } from '../../core/model/words.ts'
import { BadWords } from './bad-words.ts'

const LONGEST_MS = 30 * 86_400_000

/** A whole number of members. */
export function readCount(word: string | undefined, what: string, least: number): number {
  if (word === undefined) throw new BadWords(`${capital(what)} is missing: a whole number.`)
  if (!/^\d{1,4}$/.test(word) || Number(word) < least) {
    throw new BadWords(`“${word}” is not ${what}: give a whole number from ${least} to 9999.`)
  }
  return Number(word)
}

/** When and for whom a span is read, and the words before it, for the line that is suggested: `pin 3`. */
export interface Clock {
  readonly now: number
  readonly zone: TimeZone
  readonly before: string
}

/** `for 90m`, `until 18:00` or a bare `90m` at the start of `words`; gives what is left after it. */
export function readSpan(
  words: readonly string[],
  clock: Clock,
): { readonly forMs: number | null; readonly rest: readonly string[] } {
  const [first, second, ...rest] = words
  if (first === undefined) return { forMs: null, rest: [] }
  const word = first.toLowerCase()
  if (word === 'until') return { forMs: untilTime(second, clock), rest }
  if (word === 'for') return spanOf(words.slice(1), true, clock)
  if (parseDuration(first) !== null) return spanOf(words, false, clock)
  if (isTime(first)) throw new BadWords(`Until ${first}?`, `/spinup ${clock.before} until ${first}`)
  if (/^\d+([.,]\d+)?$/.test(first)) {
    // `2 hours` in two words.
    if (second !== undefined && parseDuration(first + second) !== null) return spanOf(words, false, clock)
    throw new BadWords(`“${first}” of what? Minutes or hours, say.`, `/spinup ${clock.before} for ${first}m`)
  }
  if (SLIP.test(first))
    throw new BadWords(`“${first}” is not a duration.`, `/spinup ${clock.before} for ${meant(first)}`)
  // `fo 2h` would otherwise be a reason, and the time nobody meant.
  const timed = second !== undefined && (isTime(second) || parseDuration(second) !== null)
  const near = timed ? nearest(first, isTime(second) ? ['until'] : ['for']) : null
  if (near !== null) {
    throw new BadWords(`I do not understand “${first}”.`, `/spinup ${clock.before} ${near} ${second ?? ''}`)
  }
  return { forMs: null, rest: words }
}

function spanOf(
  words: readonly string[],
  asked: boolean,
  { before }: Clock,
): { readonly forMs: number; readonly rest: readonly string[] } {
  const right = (span: string): string => `/spinup ${before} for ${span}`
  // `1 h 30 min` in separate words is read as one duration: take the longest run that reads as one.
  for (let length = Math.min(4, words.length); length > 0; length--) {
    const ms = parseDuration(words.slice(0, length).join(''))
    if (ms === null) continue
    if (ms > LONGEST_MS) throw new BadWords('That is too long: at most 30 days.', right('30d'))
    if (ms < 1000) throw new BadWords('That is too short: at least a second.', right('10m'))
    return { forMs: ms, rest: words.slice(length) }
  }
  const [word] = words
  if (word !== undefined && isTime(word)) {
    throw new BadWords(`${word} is a time of day, not a duration.`, `/spinup ${before} until ${word}`)
  }
  const said = asked && word !== undefined ? `“${word}” is not a duration.` : 'A duration is missing.'
  throw new BadWords(said, right(word === undefined ? '90m' : meant(word)))
}

/** `1h30`, `90mn` and `1,5h` begin like durations; `2nd` and `3x` do not, and may begin a reason. */
const SLIP = /^(\d{1,6})(?:[.,](\d{1,3}))?([smhdw])/i

/** The duration that was meant by a word that is none. */
function meant(word: string): string {
  if (/^\d{1,6}$/.test(word)) return `${word}m`
  if (/^\d{1,4}h\d{1,4}$/i.test(word)) return `${word}m`
  const [, whole, part, unit] = SLIP.exec(word) ?? []
  if (whole === undefined || unit === undefined) return '90m'
  return `${whole}${part === undefined ? '' : `.${part}`}${unit.toLowerCase()}`
}

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/

function isTime(word: string): boolean {
  return TIME.test(word)
}

/** How long until the clock next shows `HH:MM`, ms. */
function untilTime(word: string | undefined, { now, zone, before }: Clock): number {
  const match = TIME.exec(word ?? '')
  if (match !== null) return untilMinute(Number(match[1]) * 60 + Number(match[2]), now, zone)
  const span = word !== undefined && parseDuration(word) !== null ? `for ${word}` : `until ${nearTime(word ?? '')}`
  const said = word === undefined ? 'Until when?' : `“${word}” is not a time of day.`
  throw new BadWords(said, `/spinup ${before} ${span}`)
}

/** `9am`, `18` and `18.30` as the time of day that was meant; any other word `18:00`. */
function nearTime(word: string): string {
  const [, hours, minutes = '0', half] = /^(\d{1,2})(?:[.:h](\d{1,2}))?(am|pm)?$/i.exec(word) ?? []
  if (hours === undefined) return '18:00'
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  if (hour > 23 || Number(minutes) > 59) return '18:00'
  return `${String(hour).padStart(2, '0')}:${minutes.padStart(2, '0')}`
}

/** The rest of a line as a reason: at most 200 characters, one line; `reason:` may introduce it. */
export function readReason(words: readonly string[]): string {
  const text = words.join(' ').replaceAll(/\s+/g, ' ').trim()
  return text.replace(/^reason:\s*/i, '').slice(0, 200)
}

/** Letters, digits, `.`, `_` and `-`, as droplets, members and balancers are called; `like` is a line that would be right. */
export function readName(word: string, what: string, like: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,254}$/u.test(word)) return word
  throw new BadWords(`“${word}” is not a name of a ${what}.`, like)
}

/** Nothing may be left over. */
export function readEnd(words: readonly string[]): void {
  if (words.length > 0) throw new BadWords(`I do not understand “${words.join(' ')}”.`)
}

/** The request of a command that takes no words. */
export function alone<R>(request: R): (words: readonly string[]) => R {
  return (words) => {
    readEnd(words)
    return request
  }
}

const ID = /^[\w-]{1,64}$/

/** An id as the buttons of cards carry it, and nothing after it; null: none. */
export function readId([id, ...rest]: readonly string[], what: string, like: string): string | null {
  readEnd(rest)
  if (id !== undefined && !ID.test(id)) throw new BadWords(`“${id}” is no ${what}.`, like)
  return id ?? null
}

/** `for 2 h`, as it is typed; empty for good. */
export function spanWords(forMs: number | null): string {
  return forMs === null ? '' : `for ${duration(forMs)}`
}

/** Words as typed; a setting's value in quotes is one word: `calendar="0 8 * * 1-5 for 10h min=4"`. */
export function wordsOf(text: string): string[] {
  const words = text.trim().match(/[\w-]+=(["“])[^"”]*["”]|\S+/g) ?? []
  return /^[/!]?spinup$/i.test(words[0] ?? '') ? words.slice(1) : words
}
