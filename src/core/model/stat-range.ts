import { unitOf } from './words.ts'

/** A value as it may be kept, or why it may not be. */
export type Checked =
  | { readonly kind: 'good'; readonly value: number }
  | { readonly kind: 'negative'; readonly value: number; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string }

/** Fractions are measured over spans that do not quite agree, so a little above 1 is 1. */
const FRACTION_TOLERANCE = 0.05
/** Beyond, a number is a mistake whatever it counts; float32 keeps it with seven digits. */
const MOST = 1e15
/** Above any load a host lives with, per vCPU. */
const MOST_LOAD = 100_000

/**
 * Whether a stat may have this value: cpu, memory, psi and steal are fractions, everything else is a number from 0 to 1e15.
 * `negative`: only a stat that its team has declared as `signed` may be below zero.
 */
export function checkValue(stat: string, value: unknown): Checked {
  if (typeof value !== 'number' || !Number.isFinite(value)) return bad(`${shown(value)} is not a number`)
  if (unitOf(stat) === 'fraction') {
    if (value < 0 || value > 1 + FRACTION_TOLERANCE) return bad(`${value} is not a fraction from 0 to 1`)
    return { kind: 'good', value: Math.min(1, value) }
  }
  if (Math.abs(value) > (stat === 'load1' ? MOST_LOAD : MOST)) return bad(`${value} is beyond anything it could count`)
  if (value >= 0) return { kind: 'good', value }
  if (stat === 'load1') return bad(`${value} is below zero`)
  return { kind: 'negative', value, why: `${value} is below zero; if it may be, say so: /spinup policy signed=${stat}` }
}

function bad(why: string): Checked {
  return { kind: 'bad', why }
}

function shown(value: unknown): string {
  // Not as JSON: one that is nested deep enough cannot be written.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value)
}
