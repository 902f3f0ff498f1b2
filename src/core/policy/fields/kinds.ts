import { dollars, duration, parseDuration, plainNumber } from '../../model/words.ts'
import type { Policy } from '../../model/policy.ts'
import { dollarsOf, field, isNone, isWithin, NONE, Wrong, type Entry, type PolicyField } from './field.ts'

/** The keys of a policy whose values are a `T`. */
type KeyOf<T> = { [K in keyof Policy]-?: Policy[K] extends T ? K : never }[keyof Policy]
type DurationKey = Extract<KeyOf<number>, `${string}Ms`>
type CountKey = Exclude<KeyOf<number>, DurationKey>
type DollarKey = Exclude<KeyOf<number | null>, KeyOf<number>>

type Manners = Pick<Entry<keyof Policy>, 'guarded' | 'asked'>

/** A whole number. */
export function count(
  name: string,
  key: CountKey,
  [least, most]: readonly [number, number],
  meaning: string,
  manners: Manners = {},
): PolicyField {
  return field<CountKey>({
    name,
    key,
    meaning,
    ...manners,
    example: `${name}=${Math.min(most, Math.max(least, 2))}`,
    text: plainNumber,
    parse: (text) => (/^\d+$|^\d{1,3}(,\d{3})+$/.test(text) ? Number(text.replaceAll(',', '')) : undefined),
    check: (value) => {
      if (isWithin(value, least, most) && Number.isInteger(value)) return value
      throw new Wrong(`a whole number from ${least} to ${most}`)
    },
  })
}

const DAY_MS = 86_400_000

/** A length of time. */
export function span(
  name: string,
  key: DurationKey,
  leastMs: number,
  meaning: string,
  manners: Manners = {},
): PolicyField {
  return field<DurationKey>({
    name,
    key,
    meaning,
    ...manners,
    example: `${name}=30s`,
    text: spanWords,
    parse: (text) => (/^0\s*[a-z]*$/.test(text) ? 0 : parseDuration(text)),
    check: (value) => {
      if (isWithin(value, leastMs, DAY_MS)) return value
      throw new Wrong(`a time from ${spanWords(leastMs)} to 24 h, e.g. 30s or 5m`, {
        plain: `milliseconds from ${leastMs} to ${DAY_MS}`,
      })
    },
  })
}

function spanWords(ms: number): string {
  return ms === 0 ? '0 s' : duration(ms)
}

/** One of some words. */
export function choice<K extends KeyOf<string>>(
  name: string,
  key: K,
  words: readonly Policy[K][],
  example: Policy[K],
  meaning: string,
  manners: Manners = {},
): PolicyField {
  return field<K>({
    name,
    key,
    meaning,
    ...manners,
    example: `${name}=${example}`,
    text: (value) => value,
    parse: (text) => text,
    check: (value) => {
      const word = words.find((known) => known === value)
      if (word !== undefined) return word
      throw new Wrong(`${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`)
    },
  })
}

/** An amount of money that must not be passed; `none`, or null: no limit. */
export function money(
  name: string,
  key: DollarKey,
  example: string,
  meaning: string,
  manners: Manners = {},
): PolicyField {
  return field<DollarKey>({
    name,
    key,
    meaning,
    ...manners,
    example: `${name}=${example}`,
    text: (value) => (value === null ? NONE : dollars(value)),
    parse: (text) => (isNone(text) ? null : dollarsOf(text)),
    check: (value) => {
      // As it is shown, so that what is kept is what was read.
      if (isWithin(value, 0.0001, 1_000_000)) return Number(value.toFixed(value < 1 ? 4 : 2))
      if (value === null) return null
      throw new Wrong(`US dollars above zero, e.g. ${example}, or ${NONE}`, {
        plain: 'US dollars above zero, or null for no limit',
      })
    },
  })
}
