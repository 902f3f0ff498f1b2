import { capital, duration, inDigits } from '../../core/model/words.ts'
import { BadWords } from './bad-words.ts'
import { isSpeechless } from './plain.ts'
import { cut } from '../../core/model/letters.ts'

/** A whole number of members; `three` too. */
export function readCount(word: string | undefined, what: string, least: number): number {
  if (word === undefined) throw new BadWords(`${capital(what)} is missing: a whole number.`)
  const digits = inDigits(word)
  if (!/^\d{1,4}$/.test(digits) || Number(digits) < least) {
    throw new BadWords(`“${word}” is not ${what}: give a whole number from ${least} to 9999.`)
  }
  return Number(digits)
}

const BEFORE_COUNT = /^(to|by|at|it|with|members?|count|size|the)$/i
const MEMBERS = /^(more|extra|additional|members?|servers?|droplets?|clones?|nodes?|machines?|instances?|boxes|vms?)$/i

/** A count of members as it is said: `to 3`, `by two`, `3 servers`, `another`; null: none is given. `rest` is what follows. */
export function readSize(all: readonly string[]): { readonly count: number | null; readonly rest: readonly string[] } {
  const said = without(all, BEFORE_COUNT)
  const article = /^an?$/i.test(said[0] ?? '')
  // `a dozen` is no one.
  const words = article && said.length > 1 && !MEMBERS.test(said[1]!) ? said.slice(1) : said
  const one = words === said && (article || /^(another|one)$/i.test(words[0] ?? ''))
  const named = MEMBERS.test(words[0] ?? '')
  const count = words[0] === undefined || named ? null : one ? 1 : readCount(words[0], 'a count', 1)
  return { count, rest: without(named ? words : words.slice(1), MEMBERS) }
}

/** A name, without `the member` and the like before it, and what follows. */
export function readNamed(words: readonly string[]): readonly string[] {
  return without(
    words,
    /^(the|my|our|this|that|it|pool|members?|servers?|droplets?|clones?|nodes?|machines?|instances?)$/i,
  )
}

/** The same where a count has to be given. */
export function neededSize(words: readonly string[]): { readonly count: number; readonly rest: readonly string[] } {
  const { count, rest } = readSize(words)
  return { count: count ?? readCount(undefined, 'a count', 1), rest }
}

function without(words: readonly string[], at: RegExp): readonly string[] {
  const first = words.findIndex((word) => !at.test(word))
  return first < 0 ? [] : words.slice(first)
}

/** What follows is another thing to do, or another one to do it to. */
const ANOTHER = /^(and|or|but|then|plus|also|[&|+,;]+)$/i
/** Alone, these are asked or answered, and no reason for anything. */
const NO_REASON = new Set(
  'on off yes no not none never end stop cancel true false who what when where why how status state info list show help'.split(
    ' ',
  ),
)

/** The rest of a line as a reason. Throws `BadWords` for what was meant as something else: it would be done for it. */
export function readReason(words: readonly string[]): string {
  const [first = ''] = words
  if (ANOTHER.test(first)) throw new BadWords(`One thing at a time: I do not understand “${words.join(' ')}”.`)
  if (words.length === 1 && NO_REASON.has(first.toLowerCase())) throw new BadWords(`“${first}” is not a reason.`)
  return reasonIn(words)
}

/** Somebody's own sentence: at most 200 characters, one line; `reason:` may introduce it. */
export function reasonIn(words: readonly string[]): string {
  const text = words.join(' ').replaceAll(/\s+/g, ' ').trim()
  const said = text
    .replace(/^(?:(?:reason:|[-–—:,]+(?=\s))\s*)?(?:(?:because(?: of)?|due to)(?:\s+|$))?/i, '')
    .replace(/^(["'])([^"']*)\1$/, '$2')
  return cut(said, 200)
}

/** Letters, digits, `.`, `_` and `-`, as droplets, members and balancers are called; `like` is a line that would be right. */
export function readName(word: string, what: string, like: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,254}$/u.test(word)) return word
  throw new BadWords(`“${word}” is not a name of a ${what}.`, like)
}

/** Words that say nothing about what is wanted: `undo that`, `cost this month`. */
const FILLERS = new Set(
  'it this that the a an my our us its is now today here there so far please one last latest current present pool channel month again of for in on with'.split(
    ' ',
  ),
)
/** Without words that say nothing. */
export function meaningful(words: readonly string[]): readonly string[] {
  return words.filter((word) => !FILLERS.has(word.toLowerCase()) && !isSpeechless(word))
}

/** Nothing may be left over that says something. */
export function readEnd(words: readonly string[]): void {
  if (meaningful(words).length > 0) throw new BadWords(`I do not understand “${words.join(' ')}”.`)
}

/** The request of a command that takes no words. */
export function alone<R>(request: R): (words: readonly string[]) => R {
  return (words) => {
    readEnd(words)
    return request
  }
}

/** Every id has a digit in it; other words are said of something. */
const ID = /^(?=.*\d)[\w-]{1,64}$/

/** An id as the buttons of cards carry it, and nothing after it; null: none. */
export function readId(words: readonly string[], what: string, like: string): string | null {
  const [id, ...rest] = meaningful(words)
  readEnd(rest)
  if (id !== undefined && !ID.test(id)) throw new BadWords(`“${id}” is no ${what}.`, like)
  return id ?? null
}

/** `for 2 h`, as it is typed; empty for good. */
export function spanWords(forMs: number | null): string {
  return forMs === null ? '' : `for ${duration(forMs)}`
}
