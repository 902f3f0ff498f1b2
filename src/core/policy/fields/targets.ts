import { unitOf } from '../../model/words.ts'
import { bad, fraction, numberOf } from './field.ts'

/** The value to keep a statistic at: a share of the droplet, or a number in its own unit. */
export function targetOf(name: string, stat: string, text: string): number {
  if (unitOf(stat) === 'fraction') return fraction(name, text, 0.05, 0.99)
  const value = numberOf(text)
  if (value === null || !Number.isFinite(value) || value <= 0) throw bad(name, text, 'a number above zero')
  return value
}

/** The same as it is typed. */
export function targetText(stat: string, target: number): string {
  return unitOf(stat) === 'fraction' ? `${Math.round(target * 1000) / 10}%` : String(target)
}
