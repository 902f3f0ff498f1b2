import { isSpeechless, unaddressed, wordsOf } from './plain.ts'

/** A line without what is said for courtesy; a `question` never changes anything, nor does what begins with a `not`. */
export interface Spoken {
  readonly words: readonly string[]
  readonly question: boolean
  /** It ends with a question mark, and no courtesy makes it a request. */
  readonly marked: boolean
  /** It began with `show`, which a name that no command knows may follow. */
  readonly show: boolean
}

const OPENERS = phrases(
  'hey, hi, hello, yo, thanks, thank you, thx, cheers, ok, okay, please, pls, plz, kindly, just, so, well, um, uh, hmm, now, then, good morning, sorry, bot, quick',
  'i want to, i want you to, i need to, i need you to, i would like you to, i would like to, we need to, we want to, let us, let me, go ahead and',
  "i'd like you to, i'd like to, let's, lets, try to, i want, i'd like, i would like, time to",
)
/** Anyone who asks like this wants it done, with a question mark or without. */
const REQUESTS = phrases('can you, could you, would you, will you, can u, could u, would u')
const CLOSERS = phrases(
  'please, pls, plz, thanks, thank you, thx, cheers, now, for now, right now, asap, for me, mate, bro, dude, spinup',
  'thanks a lot, thank you so much, many thanks, immediately, quickly, lol, at the moment, currently, again',
)
/** Verbs of looking: what follows them is shown, never done. */
const LOOKS = phrases(
  'show, display, view, give, tell, see, list, print, look, find, describe, check, get me, get us, get the, gimme, know',
)
const AFTER_LOOKS = phrases('me, us, at, the, a, an, my, our, up, into, about, for, all')
const ASKING = new Set(
  [
    'who whom whose what which when where why how wtf huh is are am was were do does did has have had can could should',
    "would will shall may might any anyone anybody isnt isn't arent aren't wasnt wasn't doesnt doesn't didnt didn't cant",
    "can't wont won't dont don't never not whats what's whos who's hows how's wheres where's when's why's",
  ].flatMap((line) => line.split(' ')),
)

/** Nobody says more courtesies than this in a row, nor longer ones, in words; so a line of any length costs no time. */
const MOST = 8

/** Reads a line as it is said: what is meant, and whether it asks. */
export function spoken(text: string): Spoken {
  const all = wordsOf(text)
  let words = withoutEnd(
    all.slice(
      Math.max(
        0,
        all.findIndex((word) => !isSpeechless(word) && !/^[->*•+]+$/.test(word)),
      ),
    ),
  )
  let polite = false
  for (let turn = 0; turn < MOST; turn++) {
    const requested = after(REQUESTS, words)
    polite ||= requested !== null || /^(please|pls|plz)\b/i.test(words[0] ?? '')
    words = unaddressed(requested ?? after(OPENERS, words) ?? words)
  }
  const looked = words[0]?.toLowerCase()
  const shown = words.length > 1 ? after(LOOKS, words) : null
  // `show me` is `show`.
  if (shown?.every((word) => /^(me|us)$/i.test(word))) words = words.slice(0, 1)
  else if (shown !== null) words = Array.from({ length: MOST }).reduce<typeof words>(withoutLink, shown)
  const asks = shown !== null || ASKING.has((words[0] ?? '').toLowerCase())
  // A reason may be one: `reason: why now?`
  const open = !all.some((word) => /^reason[:=]/i.test(word))
  const show = shown !== null && looked === 'show'
  const marked = open && !polite && /[?؟]["'`)*_!.…]*$/.test(all.at(-1) ?? '')
  return { words, show, question: asks || marked, marked }
}

function withoutLink(words: readonly string[]): readonly string[] {
  const rest = after(AFTER_LOOKS, words)
  return rest === null || rest.length === 0 ? words : rest
}

/** Without courtesies and marks at its end. */
function withoutEnd(all: readonly string[]): readonly string[] {
  let words = all
  for (let turn = 0; turn < MOST; turn++) {
    const last = (words.at(-1) ?? '').replace(/[?!.…,;؟]+$/u, '')
    words = last === '' ? words.slice(0, -1) : [...words.slice(0, -1), last]
    const bare = words.slice(-MOST).map(bareOf)
    const close = CLOSERS.find((phrase) => words.length > phrase.length && same(bare.slice(-phrase.length), phrase))
    if (close !== undefined) words = words.slice(0, -close.length)
  }
  return words
}

/** What is left after the longest of these phrases that the words begin with; null: they begin with none. */
function after(known: readonly (readonly string[])[], words: readonly string[]): readonly string[] | null {
  const bare = words.slice(0, MOST).map(bareOf)
  const found = known.find((phrase) => same(bare.slice(0, phrase.length), phrase))
  return found === undefined ? null : words.slice(found.length)
}

function bareOf(word: string): string {
  return word.toLowerCase().replace(/[,:;!.]+$/, '')
}

function same(bare: readonly string[], phrase: readonly string[]): boolean {
  return bare.length === phrase.length && bare.every((word, index) => word === phrase[index])
}

/** Longest first. */
function phrases(...lines: readonly string[]): readonly (readonly string[])[] {
  return lines
    .flatMap((line) => line.split(', '))
    .map((phrase) => phrase.split(' '))
    .toSorted((a, b) => b.length - a.length)
}
