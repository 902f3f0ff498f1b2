import type { Stretch } from '../core/model/history.ts'
import { unitOf } from '../core/model/words.ts'

/** What fractions are kept at. */
const SHARES = ['50%', '60%', '70%', '80%'] as const
/** Of what a member showed, so much of the time it was no more. */
const QUANTILES = [0.5, 0.75, 0.9, 0.97] as const

/** Targets that are worth trying for a stat, as they are typed; none where nothing but zero was reported. */
export function targetsFor(stat: string, stretches: readonly Stretch[]): readonly string[] {
  if (unitOf(stat) === 'fraction') return SHARES
  const means = stretches
    .map(({ mean }) => mean)
    .filter((mean) => mean > 0)
    .toSorted((a, b) => a - b)
  const found = QUANTILES.map((share) => means[Math.floor((means.length - 1) * share)] ?? 0)
  return [...new Set(found.filter((value) => value > 0).map((value) => String(Number(value.toPrecision(2)))))]
}

/** How a replay went, as far as it matters. */
interface Went {
  readonly overloadedS: number
  readonly memberHours: number
}

/** More overload than this is more than chance, as a share and in seconds. */
const MORE = { share: 1.02, s: 20 }

/** The index of the cheapest that was overloaded no longer than `present`, or where all were, of the one that was least. */
export function cheapest(tried: readonly Went[], present: Went): number {
  const good = (one: Went): boolean => one.overloadedS <= present.overloadedS * MORE.share + MORE.s
  const better = (a: Went, b: Went): boolean =>
    good(a) && good(b) ? a.memberHours < b.memberHours : good(a) !== good(b) ? good(a) : a.overloadedS < b.overloadedS
  return tried.reduce((best, one, index) => (better(one, tried[best] ?? one) ? index : best), 0)
}
