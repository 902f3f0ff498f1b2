import { parseDuration } from '../../core/model/duration.ts'
import { BadWords } from './command.ts'

const LONGEST_MS = 30 * 86_400_000

/** A whole number of members. */
export function readCount(word: string | undefined, what: string, least: number): number {
  if (word === undefined) throw new BadWords(`${what} is missing: a whole number.`)
  if (!/^\d{1,4}$/.test(word) || Number(word) < least) {
    throw new BadWords(`“${word}” is not ${what}: give a whole number from ${least}.`)
  }
  return Number(word)
}

/** `for 90m`, `until 18:00` or a bare `90m` at the start of `words`; gives what is left after it. */
export function readSpan(
  words: readonly string[],
  now: number,
): { readonly forMs: number | null; readonly rest: readonly string[] } {
  const [first, ...rest] = words
  if (first === undefined) return { forMs: null, rest: [] }
  if (first === 'until') return { forMs: untilTime(rest[0], now), rest: rest.slice(1) }
  if (first === 'for') return spanOf(rest, true)
  return parseDuration(first) === null ? { forMs: null, rest: words } : spanOf(words, false)
}

function spanOf(
  words: readonly string[],
  asked: boolean,
): { readonly forMs: number; readonly rest: readonly string[] } {
  // `1 h 30 min` in separate words is read as one duration: take the longest run that reads as one.
  for (let length = Math.min(4, words.length); length > 0; length--) {
    const ms = parseDuration(words.slice(0, length).join(''))
    if (ms === null) continue
    if (ms > LONGEST_MS) throw new BadWords('That is too long: at most 30 days.', 'for 30d')
    if (ms < 1000) throw new BadWords('That is too short: at least a second.', 'for 10m')
    return { forMs: ms, rest: words.slice(length) }
  }
  const word = words[0]
  throw new BadWords(asked && word !== undefined ? `“${word}” is not a duration.` : 'A duration is missing.', 'for 90m')
}

/** The next time the clock (UTC) shows `HH:MM`. */
function untilTime(word: string | undefined, now: number): number {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(word ?? '')
  if (match === null) throw new BadWords(`“${word ?? ''}” is not a time of day.`, 'until 18:00')
  const midnight = Math.floor(now / 86_400_000) * 86_400_000
  const at = midnight + Number(match[1]) * 3600_000 + Number(match[2]) * 60_000
  return (at > now ? at : at + 86_400_000) - now
}

/** The rest of a line as a reason: at most 200 characters, one line; `reason:` may introduce it. */
export function readReason(words: readonly string[]): string {
  const text = words.join(' ').replaceAll(/\s+/g, ' ').trim()
  return text.replace(/^reason:\s*/i, '').slice(0, 200)
}

/** Nothing may be left over. */
export function readEnd(words: readonly string[]): void {
  if (words.length > 0) throw new BadWords(`I do not understand “${words.join(' ')}”.`)
}

/** The candidate nearest to `word`, if it is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const lower = word.toLowerCase()
  let best: string | null = null
  let least = Math.max(1, Math.ceil(lower.length / 2.5)) + 0.5
  for (const candidate of candidates) {
    const cost = candidate.startsWith(lower) ? 0.25 : distance(lower, candidate)
    if (cost < least) {
      least = cost
      best = candidate
    }
  }
  return best
}

/** Edit distance in which two swapped letters count once. */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i])
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = cost
    }
  }
  return rows[a.length]![b.length]!
}
