import { countedText, MAX_TEXT_NAMES, MAX_TEXTS, type Texts } from '../../src/core/model/report.ts'
import { STAT_NAME } from '../../src/core/model/sample.ts'
import type { Refusal } from './stats.ts'

/** Of one report over HTTP. */
const MOST_AT_ONCE = 500
/** Characters of a sample's texts, so that it fits a report in any alphabet. */
const MOST_CHARACTERS = 32_000

/** Counts what programs report in words until a sample takes it along. Never a number, however a text reads. */
export interface TextBook {
  /** Why these cannot be counted; a value is a text or a list of texts. Changes nothing. */
  refusalsOf(values: Readonly<Record<string, unknown>>): readonly Refusal[]
  /** Counts one text; false: there is no place for its name, or nothing to count. */
  count(name: string, text: string): boolean
  /** All since the last call; undefined: nothing. */
  take(): Texts | undefined
}

/** Whether a reported value is a text or a list of them. A number in quotes is a mistake more often: those go in a list. */
export function isText(value: unknown): value is string | readonly string[] {
  return Array.isArray(value) || (typeof value === 'string' && !Number.isFinite(Number(value)))
}

/** The texts of such a value. */
export function textsIn(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value
}

export function createTextBook(): TextBook {
  const names = new Set<string>()
  let counts = new Map<string, Map<string, number>>()
  let characters = 0
  return {
    refusalsOf: (values) => {
      const refusals: Refusal[] = []
      let room = MAX_TEXT_NAMES - names.size
      for (const [name, value] of Object.entries(values)) {
        const refuse = (why: string): unknown => refusals.push({ name: name.slice(0, 80), why })
        if (!STAT_NAME.test(name))
          refuse('a name starts with a letter and has at most 64 letters, digits, "_", "." or "-"')
        else if (!isText(value) || !textsIn(value).every((one) => typeof one === 'string'))
          refuse('a list holds texts alone')
        else if (textsIn(value).length > MOST_AT_ONCE) refuse(`a list has at most ${MOST_AT_ONCE} texts`)
        else if (!names.has(name) && --room < 0)
          refuse(`there are ${names.size} names of texts already; reuse one of them`)
      }
      return refusals
    },
    count: (name, text) => {
      const counted = countedText(text)
      if (counted === '' || (!names.has(name) && names.size >= MAX_TEXT_NAMES)) return false
      names.add(name)
      const of = counts.get(name) ?? new Map<string, number>()
      counts.set(name, of)
      const fits = of.size < MAX_TEXTS && characters + counted.length <= MOST_CHARACTERS
      const kept = of.has(counted) || fits ? counted : ''
      if (!of.has(kept)) characters += kept.length
      of.set(kept, (of.get(kept) ?? 0) + 1)
      return true
    },
    take: () => {
      if (counts.size === 0) return undefined
      const taken = Object.fromEntries([...counts].map(([name, of]) => [name, Object.fromEntries(of)]))
      counts = new Map()
      characters = 0
      return taken
    },
  }
}
