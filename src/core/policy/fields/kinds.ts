import { parseDuration } from '../../model/duration.ts'
import type { Policy } from '../../model/policy.ts'
import { dollars, duration, plainNumber } from '../../model/words.ts'
import { bad, NONE, numberOf, type PolicyField } from './field.ts'

/** The keys of a policy whose values are a `T`. */
type KeyOf<T> = { [K in keyof Policy]-?: Policy[K] extends T ? K : never }[keyof Policy]
type DurationKey = Extract<KeyOf<number>, `${string}Ms`>
type CountKey = 'min' | 'max' | 'quorum' | 'maxStepIn' | 'maxChangesPerHour' | 'refreshExtra'
type DollarKey = 'maxDollarsPerHour' | 'maxDollarsPerMonth'
type ChoiceKey = 'mode' | 'how' | 'across' | 'replaceSick' | 'onExpiryOut' | 'onExpiryIn'

/** A whole number. */
export function count(name: string, least: number, most: number, meaning: string, key = name as CountKey): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=${Math.min(most, Math.max(least, 2))}`,
    read: (policy) => plainNumber(policy[key]),
    write: (policy, text) => {
      const value = Number(text)
      if (!/^\d+$/.test(text) || value < least || value > most)
        throw bad(name, text, `a whole number from ${least} to ${most}`)
      return { ...policy, [key]: value }
    },
  }
}

/** A length of time. */
export function span(name: string, key: DurationKey, leastMs: number, meaning: string): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=30s`,
    read: (policy) => spanWords(policy[key]),
    write: (policy, text) => {
      const value = /^0\s*[a-z]*$/.test(text) ? 0 : parseDuration(text)
      if (value === null || value < leastMs || value > 86_400_000) {
        throw bad(name, text, `a time from ${spanWords(leastMs)} to 24 h, e.g. 30s or 5m`)
      }
      return { ...policy, [key]: value }
    },
  }
}

function spanWords(ms: number): string {
  return ms === 0 ? '0 s' : duration(ms)
}

/** One of some words. */
export function choice<K extends ChoiceKey>(
  name: string,
  key: K,
  words: readonly Policy[K][],
  example: Policy[K],
  meaning: string,
): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=${example}`,
    read: (policy) => policy[key],
    write: (policy, text) => {
      const word = words.find((known) => known === text)
      if (word === undefined) throw bad(name, text, `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`)
      return { ...policy, [key]: word }
    },
  }
}

/** An amount of money that must not be passed; `none`: no limit. */
export function money(name: string, key: DollarKey, example: string, meaning: string): PolicyField {
  return {
    name,
    meaning,
    example: `${name}=${example}`,
    read: (policy) => (policy[key] === null ? NONE : dollars(policy[key])),
    write: (policy, text) => {
      if (text.trim().toLowerCase() === NONE) return { ...policy, [key]: null }
      const value = numberOf(text.trim().replace(/^\$/, ''))
      if (value === null || value < 0.0001 || value > 1_000_000) {
        throw bad(name, text, `US dollars above zero, e.g. ${example}, or ${NONE}`)
      }
      // As it is shown, so that what is kept is what was read.
      return { ...policy, [key]: Number(value.toFixed(value < 1 ? 4 : 2)) }
    },
  }
}
