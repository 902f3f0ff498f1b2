import { commandCalled, type CommandWords } from '../../chat/grammar.ts'
import { saysTime } from '../grammar/time.ts'
import { COMMANDS } from '../registry.ts'

type Known = (typeof COMMANDS)[number]

/** A command, and the words after its name. */
export interface Meant {
  readonly command: Known
  readonly words: readonly string[]
}

/** Something people type at the beginning of a line; `means` with `*` takes what follows, else the line ends there. */
interface Saying {
  readonly command: Known
  readonly typed: readonly string[]
  readonly means: readonly string[]
  readonly open: boolean
}

const SAYINGS: readonly Saying[] = COMMANDS.flatMap((command: Known) => {
  const { name, aliases, phrases = {} }: CommandWords = command
  const names = [name, ...listOf(aliases)].map((typed) => [typed, '*'] as const)
  const lines = Object.entries(phrases).flatMap(([means, list]) => listOf(list).map((typed) => [typed, means] as const))
  return [...names, ...lines].map(([typed, means]): Saying => ({
    command,
    typed: typed.split(' ').filter((word) => word !== '*'),
    means: means.split(' ').filter((word) => word !== ''),
    open: means.includes('*'),
  }))
}).toSorted((a, b) => b.typed.length - a.typed.length || Number(a.open) - Number(b.open))

const ARTICLE = /^(the|a|an|my|our|this|that|it|all)$/i

/** The command that a line begins with, by its name or as people say it; null: none. */
export function meantBy(all: readonly string[]): Meant | null {
  const words = ungrouped(all)
  const plainly = words.map(plain)
  for (const { command, typed, means, open } of SAYINGS) {
    const length = begins(plainly, words, typed)
    if (length === null || (!open && length < words.length)) continue
    return { command, words: means.flatMap((word) => (word === '*' ? words.slice(length) : [word])) }
  }
  return null
}

/**
 * How many words of the line these are, articles between them left out; null: it does not begin with them. `plainly`: each
 * word without what stands around it.
 */
function begins(plainly: readonly string[], words: readonly string[], typed: readonly string[]): number | null {
  let at = 0
  for (const [index, wanted] of typed.entries()) {
    if (index > 0) while (ARTICLE.test(words[at] ?? '') && words[at]?.toLowerCase() !== wanted) at++
    if (plainly[at] !== wanted) return null
    at++
  }
  return at
}

/** Without the group a platform lists the command under: `fleet adopt x` is `adopt x`. */
function ungrouped(words: readonly string[]): readonly string[] {
  const group = words[0]?.toLowerCase()
  return COMMANDS.some((command) => command.group === group) ? words.slice(1) : words
}

/** More than the words of any phrase. */
const DECISIVE = 9

/** Words that stand in a question, in any order, and the command that answers it. */
const ANSWERS = COMMANDS.flatMap((command: Known) =>
  Object.entries((command as CommandWords).asks ?? {}).flatMap(([means, list]) =>
    listOf(list).map((phrase) => {
      const keys = phrase.replace('!', '').split(' ').map(stem)
      return { command, means, keys, weight: phrase.endsWith('!') ? DECISIVE : keys.length }
    }),
  ),
)

/** The command that answers a question, by the most of its words, the nearest to each other, the first; null: none does. */
export function answerTo(all: readonly string[]): Meant | null {
  const spoken = all.flatMap(spelt).map(stem)
  const fitting = ANSWERS.flatMap((answer) => {
    const places = answer.keys.map((key) => spoken.indexOf(key))
    const place = Math.min(...places)
    return place < 0 ? [] : [{ ...answer, place, apart: Math.max(...places) - place }]
  })
  const [best] = fitting.toSorted((a, b) => b.weight - a.weight || a.apart - b.apart || a.place - b.place)
  if (best === undefined) return null
  const { command, means } = best
  if (means !== '*') return { command, words: means === '' ? [] : means.split(' ') }
  const topic = all.map((word) => commandCalled(COMMANDS, plain(word))).find((known) => known !== null)
  return { command, words: topic == null ? [] : [topic.name] }
}

/** Of a question, what says of which member and since when: `of web-2`, `last 2 hours`. */
export function detailsOf(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word, index) => /^(of|on)$/i.test(word) && /\d/.test(words[index + 1] ?? ''))
  const last = words.findIndex((word) => /^(last|past)$/i.test(word))
  const member = at < 0 ? [] : ['of', words[at + 1]!]
  const half = (word = ''): boolean => /^[ap]\.?m\b/i.test(word)
  const clock = words.findIndex((word, at) => saysTime(word) || (/\d$/.test(word) && half(words[at + 1])))
  let when = clock
  while (/^(since|between|from|on|at|this|last|the)$/i.test(words[when - 1] ?? '')) when--
  const ranges = [last, when].flatMap((from) => (from < 0 ? [] : [words.slice(from)]))
  return [...ranges.map((range) => [...member, ...range]), ...ranges, member, []]
}

/** `what's` is two words. */
function spelt(word: string): readonly string[] {
  const text = plain(word)
  const [, before] = /^(.+)'?(?:'s|'re)$/.exec(text) ?? /^(what|who|how|where)s$/.exec(text) ?? []
  return before === undefined ? [text] : [before, text.endsWith('re') ? 'are' : 'is']
}

function stem(word: string): string {
  return word.length > 3 && !word.endsWith('ss') && !word.endsWith('us') ? word.replace(/s$/, '') : word
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/^[("'`¿¡/!]+(?=.)|(?<=.)[,:;!?.…)"'`]+$/gu, '')
}

function listOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(', ')
}
