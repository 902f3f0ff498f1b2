import { DEFAULT_POLICY } from '../../core/model/policy.ts'
import { inDigits } from '../../core/model/words.ts'
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
      const near = nearSetting(name) ?? NAMES.find((known) => known.split('-').includes(name)) ?? null
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

/** `max = 6`, `window=2 minutes` and `target=50 %` are one pair each. */
function inPairs(words: readonly string[]): readonly string[] {
  const pairs: string[] = []
  // `min=2,max=6`
  for (const word of words.flatMap((one) => (/["'\s]/.test(one) ? [one] : one.split(/,(?=[\w-]+=)/)))) {
    const last = pairs.at(-1) ?? ''
    if (/^[,;]$/.test(word)) continue
    const more = /^[%a-z]+$/i.test(word) ? withUnit(last, word.replace(/^percent$/i, '%')) : null
    const belongs =
      (last.endsWith('=') && !word.includes('=')) || (word.startsWith('=') && last !== '' && !last.includes('='))
    if (/^(and|&|\+)$/i.test(word) && last.includes('=')) continue
    if (isOneMore(last, word)) pairs[pairs.length - 1] = `${last} ${word}`
    else if (belongs) pairs[pairs.length - 1] = last + word
    else if (more !== null) pairs[pairs.length - 1] = more
    else pairs.push(word)
  }
  return pairs
}

/** The pair of a number with the unit behind it, where its setting takes that; else null. */
function withUnit(pair: string, unit: string): string | null {
  const [name = '', value = '', ...more] = pair.split('=')
  const number = inDigits(value)
  const field = POLICY_FIELDS.find((known) => known.name === name.toLowerCase())
  const fits = more.length === 0 && field !== undefined && /^\$?\d[\d.,]*$/.test(number)
  return fits && takes(field, number + unit) ? `${name}=${number}${unit}` : null
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

/** `target 50%` and `set the max to 6` are meant as one pair. */
function noPair(word: string, rest: readonly string[], command: string): BadWords {
  const words = [word, ...rest].map((one) => one.replace(/[:,]$/, ''))
  const pairs = words.flatMap((typed, at) => {
    const name = settingCalled(typed) ?? nearSetting(typed.toLowerCase())
    const value = words.slice(at + 1).find((one) => !/^(to|at|is|be|as|=)$/i.test(one)) ?? ''
    const field = POLICY_FIELDS.find((known) => known.name === name)
    return field !== undefined && takes(field, inDigits(value)) ? [{ typed, pair: `${name}=${inDigits(value)}` }] : []
  })
  const named = POLICY_FIELDS.find(({ name }) => name === settingCalled(words[0] ?? ''))
  const pair = pairs[0]?.pair ?? (words.length === 1 ? named?.example : undefined)
  return new BadWords(
    `Write it as NAME=VALUE, not “${pairs[0]?.typed ?? word}”.`,
    pair === undefined ? null : `/spinup ${command} ${pair}`,
  )
}

const CALLED = new Map([
  ['maximum', 'max'],
  ['minimum', 'min'],
])

/** The setting of that name, or as people call it; null: none. */
export function settingCalled(typed: string): string | null {
  const name = typed.toLowerCase()
  return CALLED.get(name) ?? NAMES.find((known) => known === name) ?? null
}

/** The setting that was meant by a name with a slip or two in it; null: none. */
function nearSetting(name: string): string | null {
  const most = 1 + Math.floor(Math.min(name.length, LONGEST_NAME) / 8)
  if (name.length > LONGEST_NAME) return null
  return CALLED.get(name) ?? NAMES.find((known) => distance(name, known) <= most) ?? null
}

const LONGEST_NAME = 40

/** Examples of the settings that these words do not name yet. */
export function nextChanges(words: readonly string[]): readonly string[] {
  return POLICY_FIELDS.filter((field) => !words.some((word) => word.startsWith(`${field.name}=`))).map(
    (field) => field.example,
  )
}
