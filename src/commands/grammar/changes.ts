import { DEFAULT_POLICY } from '../../core/model/policy.ts'
import { inDigits, parseDuration } from '../../core/model/words.ts'
import { distance } from '../../core/model/nearest.ts'
import { POLICY_FIELDS, type PolicyField } from '../../core/policy/fields.ts'
import { BadWords } from './bad-words.ts'

const NAMES = POLICY_FIELDS.map((field) => field.name)

/** `NAME=VALUE` words as changes of the policy; `command` is the one to suggest the right line of. */
export function readChanges(words: readonly string[], command: string): Readonly<Record<string, string>> {
  const changes: Record<string, string> = {}
  const pairs = inPairs(words)
  for (const [at, word] of pairs.entries()) {
    const [typed = '', ...value] = word.split('=')
    const name = typed.toLowerCase()
    if (value.length === 0) throw noPair(word, pairs.slice(at + 1), command)
    const field = POLICY_FIELDS.find((known) => known.name === name)
    if (field === undefined) {
      const near = nearSetting(name)
      throw new BadWords(
        `There is no setting called “${typed}”.`,
        near === null ? null : `/spinup ${command} ${near}=${value.join('=')}`,
      )
    }
    if (changes[name] !== undefined) throw new BadWords(`${name} is given twice.`)
    // In quotes, a value may hold spaces.
    changes[name] = asTaken(field, value.join('=').replaceAll(/^["']|["']$/g, ''))
  }
  return changes
}

/** `max = 6` and `window=2 minutes` are one pair each. */
function inPairs(words: readonly string[]): readonly string[] {
  const pairs: string[] = []
  // `min=2,max=6`
  for (const word of words.flatMap((one) => (/["'\s]/.test(one) ? [one] : one.split(/,(?=[\w-]+=)/)))) {
    const last = pairs.at(-1) ?? ''
    const number = /^[\w-]+=(\d[\d.,]*)$/.exec(last)?.[1]
    const belongs =
      (last.endsWith('=') && !word.includes('=')) ||
      (word.startsWith('=') && last !== '' && !last.includes('=')) ||
      (number !== undefined && parseDuration(number + word) !== null)
    if (/^(and|&|\+)$/i.test(word) && last.includes('=')) continue
    if (isOneMore(last, word)) pairs[pairs.length - 1] = `${last} ${word}`
    else if (belongs) pairs[pairs.length - 1] = last + word
    else pairs.push(word)
  }
  return pairs
}

/** Whether the word is one more of what the pair's setting holds several of: `approvers=U1, U2`. */
function isOneMore(pair: string, word: string): boolean {
  const [name, value = ''] = pair.split('=')
  if (value === '' || word.includes('=')) return false
  const field = POLICY_FIELDS.find((known) => known.name === name?.toLowerCase())
  // A window of the calendar is several words itself.
  const ofWords = field !== undefined && !/\s/.test(field.example)
  return ofWords && Array.isArray(DEFAULT_POLICY[field.key])
}

/** `off` is `none` for a setting that can hold nothing and knows no other `off`. */
function asTaken(field: PolicyField, value: string): string {
  if (!/^(off|no|nothing|unset|null)$/i.test(value)) return inDigits(value)
  return !takes(field, value) && takes(field, 'none') ? 'none' : value
}

function takes(field: PolicyField, value: string): boolean {
  try {
    field.write(DEFAULT_POLICY, value)
    return true
  } catch {
    return false
  }
}

/** `target 50%` and `max to 6` are meant as one pair. */
function noPair(word: string, rest: readonly string[], command: string): BadWords {
  const meant = nearSetting(word.toLowerCase().replace(/:$/, ''))
  const next = rest.find((one) => !/^(to|at|is|be|as)$/i.test(one))
  const value = next === undefined || next.includes('=') ? undefined : next
  const like = POLICY_FIELDS.find(({ name }) => name === (value === undefined ? word.toLowerCase() : meant))?.example
  const pair = meant === null || value === undefined ? like : `${meant}=${value}`
  return new BadWords(
    `Write it as NAME=VALUE, not “${word}”.`,
    pair === undefined ? null : `/spinup ${command} ${pair}`,
  )
}

/** The setting that was meant by a name with a slip or two in it; null: none. */
function nearSetting(name: string): string | null {
  const most = 1 + Math.floor(Math.min(name.length, LONGEST_NAME) / 8)
  return name.length > LONGEST_NAME ? null : (NAMES.find((known) => distance(name, known) <= most) ?? null)
}

const LONGEST_NAME = 40

/** Examples of the settings that these words do not name yet. */
export function nextChanges(words: readonly string[]): readonly string[] {
  return POLICY_FIELDS.filter((field) => !words.some((word) => word.startsWith(`${field.name}=`))).map(
    (field) => field.example,
  )
}
