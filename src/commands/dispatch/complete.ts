import type { Completion } from '../../chat/chat.ts'
import { commandCalled, optionsOf, takesPool, type Facts } from '../../chat/grammar.ts'
import { lineIn } from '../../core/model/card-words.ts'
import type { Pool } from '../../core/model/pool.ts'
import { wordsOf } from '../grammar/plain.ts'
import { COMMANDS, LISTED } from '../registry.ts'
import { poolCalled } from '../../core/pool/unmanaged.ts'

const MOST_COMPLETIONS = 12

/** A half-typed line without the pool that it names (null: none) right after its command, once a space follows the name. */
export function poolInLine(
  text: string,
  pools: readonly Pick<Pool, 'id' | 'name'>[],
): { readonly line: string; readonly pool: string | null } {
  const [, before = '', word = '', after = ''] = /^((?:\/?spinup\s+)?\S+\s+)(\S+)\s+(.*)$/is.exec(text) ?? []
  const named = word === '' ? null : poolCalled(pools, word)
  return named === null ? { line: text, pool: null } : { line: before + after, pool: named.name }
}

/** Completions of a half-typed line; `pool` is the one it names. */
export function complete(text: string, facts: Facts, pool: string | null = null): readonly Completion[] {
  const words = [...wordsOf(text)]
  const half = /\s$/.test(text) || text === '' ? '' : (words.pop() ?? '')
  const [name, ...rest] = words
  if (name === undefined) {
    const begun = half.toLowerCase().replace(/^\/(s(p(i(nup?)?)?)?)?$/, '')
    return LISTED.filter((command) => command.name.startsWith(begun)).map((command) => ({
      text: `/spinup ${command.name}`,
      hint: command.summary,
    }))
  }
  const command = commandCalled(COMMANDS, name)
  if (command === null) return []
  const before = lineIn(['/spinup', command.name, ...rest].join(' '), pool)
  const names = rest.length === 0 && pool === null && facts.pools.length > 1 && takesPool(command) ? facts.pools : []
  return [...names, ...(command.next?.(rest, facts) ?? [])]
    .filter((option) => option.startsWith(half) && option !== half)
    .slice(0, MOST_COMPLETIONS)
    .map((option) => ({ text: `${before} ${option}`, hint: `/spinup ${command.usage}` }))
}

const MOST_OFFERED = 25

/** Values for a named option that is half typed; of one that holds several words, for its last word. */
export function offered(name: string, option: string, half: string, facts: Facts): readonly string[] {
  const command = commandCalled(COMMANDS, name)
  const all = (command === null ? [] : optionsOf(command)).find((known) => known.name === option)?.offers?.(facts) ?? []
  const begun = (text: string): readonly string[] =>
    all.filter((offer) => offer.toLowerCase().startsWith(text.toLowerCase()))
  const before = /^.*\s/s.exec(half)?.[0] ?? ''
  const whole = begun(half)
  const found = whole.length > 0 ? whole : begun(half.slice(before.length)).map((offer) => `${before}${offer}`)
  return found.slice(0, MOST_OFFERED)
}
