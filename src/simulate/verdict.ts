import { bestOf, geometricMean, type Result } from './contest.ts'
import type { Score } from './score.ts'

/** How everyone did on one demand. */
export interface Bout {
  readonly demand: string
  readonly results: readonly Result[]
}

/** Spinup on the same demands in a worse world. */
export interface Hardship {
  readonly name: string
  /** In the order of the bouts. */
  readonly scores: readonly Score[]
}

/** One thing that is to be so, what it is, and whether it holds. */
export interface Claim {
  readonly claim: string
  readonly seen: string
  readonly holds: boolean
}

/** Limits, as agreed on before they were measured. */
const MEAN = 1.65
const CLOSE = 1.05
const MOST_BEHIND = 2
const FAR = 1.5
const AFTER_STEP_S = 10
const CHANGES = 0.5
const RISE = 1.15

/** Whether Spinup's defaults show what they must; `bootS`: the slowest boot of this world. */
export function verdict(bouts: readonly Bout[], hardships: readonly Hardship[], bootS: number): readonly Claim[] {
  const own = bouts.map(({ results }) => find(results, 'spinup'))
  const mean = geometricMean(own.map(({ ratio }) => ratio))
  const claims: Claim[] = [
    { claim: `geometric mean of score / clairvoyant ≤ ${MEAN}`, seen: mean.toFixed(3), holds: mean <= MEAN },
  ]
  const behind = bouts.flatMap(({ demand, results }, index) => {
    const best = bestOf(results, 'rival')
    return best === null ? [] : [{ demand, ratio: own[index]!.score.score / best.score.score }]
  })
  if (behind.length > 0) {
    const over = behind.filter(({ ratio }) => ratio > CLOSE)
    const words = over.map(({ demand, ratio }) => `${demand} ${ratio.toFixed(2)}`).join(', ')
    claims.push({
      claim: `above ${CLOSE} × the best rival on at most ${MOST_BEHIND}`,
      seen: `${over.length}${words === '' ? '' : ` (${words})`}`,
      holds: over.length <= MOST_BEHIND,
    })
    const worst = Math.max(...behind.map(({ ratio }) => ratio))
    claims.push({ claim: `on none above ${FAR} × the best rival`, seen: worst.toFixed(2), holds: worst <= FAR })
  }
  const steps = bouts.flatMap(({ demand }, index) => (demand.startsWith('step') ? [own[index]!.score.longestS] : []))
  if (steps.length > 0) {
    const longest = Math.max(...steps)
    const limit = bootS + AFTER_STEP_S
    claims.push({ claim: `overloaded after a step ≤ ${limit} s`, seen: `${longest} s`, holds: longest <= limit })
  }
  claims.push(...calmer(bouts, own))
  for (const hardship of hardships) claims.push(...borne(hardship, own))
  return claims
}

/** Fewer changes than Knative, no more turning back than the HPA. */
function calmer(bouts: readonly Bout[], own: readonly Result[]): readonly Claim[] {
  const total = (results: readonly (Result | undefined)[], key: 'changes' | 'reversals'): number | null =>
    results.includes(undefined) ? null : results.reduce((sum, one) => sum + one!.score[key], 0)
  const of = (key: string): readonly (Result | undefined)[] =>
    bouts.map(({ results }) => results.find(({ contender }) => contender.key === key))
  const changes = total(own, 'changes')!
  const reversals = total(own, 'reversals')!
  const knative = total(of('kpa'), 'changes')
  const hpa = total(of('hpa'), 'reversals')
  return [
    ...(knative === null
      ? []
      : [
          {
            claim: 'changes at most half of Knative’s',
            seen: `${changes} of ${knative}`,
            holds: changes <= CHANGES * knative,
          },
        ]),
    ...(hpa === null
      ? []
      : [{ claim: 'reversals at most the HPA’s', seen: `${reversals} of ${hpa}`, holds: reversals <= hpa }]),
  ]
}

function borne({ name, scores }: Hardship, own: readonly Result[]): readonly Claim[] {
  const rises = scores.map((score, index) => score.score / own[index]!.score.score)
  const mean = geometricMean(rises)
  const wrong = scores.reduce((sum, score) => sum + score.wrongScaleIns, 0)
  return [
    {
      claim: `${name}: the score rises by at most 15 % in the mean`,
      seen: `${signed(mean)}, ${signed(Math.max(...rises))} on one demand`,
      holds: mean <= RISE,
    },
    { claim: `${name}: never scales in wrongly`, seen: `${wrong} times`, holds: wrong === 0 },
  ]
}

function signed(ratio: number): string {
  const share = Math.round((ratio - 1) * 100)
  return `${share < 0 ? '−' : '+'}${Math.abs(share)} %`
}

function find(results: readonly Result[], key: string): Result {
  return results.find(({ contender }) => contender.key === key)!
}
