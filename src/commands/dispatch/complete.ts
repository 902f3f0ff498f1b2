import type { Completion } from '../../chat/chat.ts'
import { commandCalled, type Facts } from '../../chat/grammar.ts'
import { wordsOf } from '../grammar/words.ts'
import { COMMANDS } from '../registry.ts'

const MOST_COMPLETIONS = 12

/** Completions of a half-typed line. */
export function complete(text: string, facts: Facts): readonly Completion[] {
  const words = wordsOf(text)
  const half = /\s$/.test(text) || text === '' ? '' : (words.pop() ?? '')
  const [name, ...rest] = words
  if (name === undefined) {
    const begun = half.toLowerCase().replace(/^\/(s(p(i(nup?)?)?)?)?$/, '')
    return COMMANDS.filter((command) => command.name.startsWith(begun)).map((command) => ({
      text: `/spinup ${command.name}`,
      hint: command.summary,
    }))
  }
  const command = commandCalled(COMMANDS, name)
  if (command === null) return []
  const before = ['/spinup', command.name, ...rest].join(' ')
  return (command.next?.(rest, facts) ?? [])
    .filter((option) => option.startsWith(half) && option !== half)
    .slice(0, MOST_COMPLETIONS)
    .map((option) => ({ text: `${before} ${option}`, hint: `/spinup ${command.usage}` }))
}

const MOST_OFFERED = 25

/** Values for a named option that is half typed; of one that holds several words, for its last word. */
export function offered(name: string, option: string, half: string, facts: Facts): readonly string[] {
  const { options = [] } = commandCalled(COMMANDS, name) ?? {}
  const all = options.find((known) => known.name === option)?.offers?.(facts) ?? []
  const begun = (text: string): readonly string[] =>
    all.filter((offer) => offer.toLowerCase().startsWith(text.toLowerCase()))
  const before = /^.*\s/s.exec(half)?.[0] ?? ''
  const whole = begun(half)
  const found = whole.length > 0 ? whole : begun(half.slice(before.length)).map((offer) => `${before}${offer}`)
  return found.slice(0, MOST_OFFERED)
}
