import { bestOf, geometricMean, type Result } from '../contest.ts'
import type { Claim } from '../verdict.ts'
import type { Situation } from './situation.ts'

/** A situation and how everyone did in it. */
export interface Played {
  readonly situation: Situation
  readonly results: readonly Result[]
}

/** More than so many times the largest useful size is requested by mistake. */
const MOST = 2
/** A score so many times that of the best rival is a fault. */
const BEHIND = 1.25

/** Whether Spinup never asks for far too much, and is nowhere far behind the best rival. */
export function claimsOf(played: readonly Played[]): readonly Claim[] {
  const greedy = played.flatMap(({ situation: { name, useful }, results }) => {
    const most = own(results).score.most
    return useful !== null && most > MOST * useful ? [`${name} ${most} of ${useful}`] : []
  })
  const behind = played.flatMap(({ situation: { name }, results }) => {
    const best = bestOf(results, 'rival')
    const ratio = best === null ? 0 : own(results).score.score / best.score.score
    return ratio > BEHIND ? [`${name} ${ratio.toFixed(2)}`] : []
  })
  const first = claim(`never asks for more than ${MOST} × the largest useful size`, greedy)
  if (played.every(({ results }) => bestOf(results, 'rival') === null)) return [first]
  const mean = geometricMean(played.map(({ results }) => own(results).ratio))
  return [
    first,
    claim(`nowhere above ${BEHIND} × the best rival`, behind),
    {
      claim: 'geometric mean of score / clairvoyant, less than every rival’s',
      seen: mean.toFixed(2),
      holds: lower(mean, played),
    },
  ]
}

function claim(text: string, against: readonly string[]): Claim {
  const seen = against.length === 0 ? 'so it is' : `${against.length}: ${against.join(', ')}`
  return { claim: text, seen, holds: against.length === 0 }
}

function lower(mean: number, played: readonly Played[]): boolean {
  const rivals = played[0]?.results.filter(({ contender }) => contender.kind === 'rival') ?? []
  return rivals.every(({ contender }) => {
    const ratios = played.map(({ results }) => results.find((one) => one.contender.key === contender.key)!.ratio)
    return mean < geometricMean(ratios)
  })
}

function own(results: readonly Result[]): Result {
  return bestOf(results, 'spinup')!
}
