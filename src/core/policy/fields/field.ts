import { SpinupError } from '../../model/error.ts'
import type { Policy } from '../../model/policy.ts'
import { percent } from '../../model/words.ts'

/** One setting as people type and read it. */
export interface PolicyField {
  /** As typed: `/spinup policy target=50%`. */
  readonly name: string
  readonly meaning: string
  readonly example: string
  readonly read: (policy: Policy) => string
  /** Sets it from text; throws `SpinupError` `badInput` that says what is wanted. */
  readonly write: (policy: Policy, text: string) => Policy
}

/** What clears a setting, and how a cleared one reads. */
export const NONE = 'none'

/** The one way a wrong value is told. */
export function bad(name: string, text: string, wanted: string): SpinupError {
  return new SpinupError('badInput', `${name}=${text} is not understood: it takes ${wanted}. Nothing was changed.`)
}

/** `60%`, `60` or `0.6`. */
export function fraction(name: string, text: string, least: number, most: number): number {
  const number = Number(text.replace('%', '').trim())
  const value = text.includes('%') || number > 1 ? number / 100 : number
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
    throw bad(name, text, `a share from ${percent(least)} to ${percent(most)}, e.g. 60%`)
  }
  return value
}

/** A number as it is typed or shown, thousands with or without commas; null when it is none. */
export function numberOf(text: string): number | null {
  const plain = text.trim().replaceAll(/,(?=\d{3}\b)/g, '')
  return /^\d*\.?\d+(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null
}
