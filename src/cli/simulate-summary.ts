import { bestOf, geometricMean, type Contender, type Result } from '../simulate/contest.ts'
import type { Played } from '../simulate/situations/claims.ts'
import type { Bout, Hardship } from '../simulate/verdict.ts'
import type { Row } from './simulate-grid.ts'
import { lowest, nameOf } from './simulate-table.ts'

/** All demands: each contender's scores over the clairvoyant's, and their geometric mean; the best first. */
export function daysTable(bouts: readonly Bout[]): readonly Row[] {
  const everyone = ratiosOf(bouts.map(({ results }) => results)).filter(
    ({ contender }) => contender.key !== 'clairvoyant',
  )
  const rivals = everyone.filter(({ contender }) => contender.kind !== 'yardstick')
  const best = [...bouts.keys(), bouts.length].map((column) =>
    Math.min(...rivals.map(({ ratios, mean }) => [...ratios, mean][column]!)),
  )
  const head = { cells: ['score over the clairvoyant’s', ...bouts.map(({ demand }) => demand), 'mean'] }
  const rows = everyone.map(({ contender, ratios, mean }): Row => {
    const won = [...ratios, mean].flatMap((ratio, index) => (ratio === best[index] ? [index + 1] : []))
    return { ...ratioRow(nameOf(contender), ratios), best: contender.kind === 'yardstick' ? [] : won }
  })
  return [head, ...rows]
}

/** What a worse world makes of Spinup's scores, and how it stands beside the best. */
export function standing(bouts: readonly Bout[], hardships: readonly Hardship[]): readonly Row[] {
  const best = bouts.flatMap(({ results }) => bestOf(results, 'rival')?.score.score ?? [])
  const own = bouts.map(({ results }) => bestOf(results, 'spinup')!.score.score)
  const against = own.map((score, index) => score / best[index]!)
  return [
    ...(best.length === own.length ? [ratioRow('Spinup over the best rival on that demand', against)] : []),
    ...hardships.map(({ name, scores }) => {
      const rises = scores.map(({ score }, index) => score / own[index]!)
      return ratioRow(`Spinup, ${name}, over without`, rises)
    }),
  ]
}

/** All situations: what helps and what Spinup asked for, everybody's score over the clairvoyant's, and how calm Spinup was. */
export function situationsTable(played: readonly Played[]): readonly (Row | null)[] {
  const everyone = ratiosOf(played.map(({ results }) => results)).filter(
    ({ contender }) => contender.kind !== 'yardstick',
  )
  const head = [
    '',
    'useful',
    'asked',
    ...everyone.map(({ contender }) => contender.name),
    'slow s',
    'changes',
    'reversals',
  ]
  const rows = played.map(({ situation, results }, index): Row => {
    const { score } = bestOf(results, 'spinup')!
    const ratios = everyone.map((one) => one.ratios[index]!)
    const calm = [score.overloadedS, score.changes, score.reversals].map(String)
    return {
      cells: [
        situation.name,
        String(situation.useful ?? '?'),
        String(score.most),
        ...ratios.map((ratio) => ratio.toFixed(2)),
        ...calm,
      ],
      best: lowest(ratios).map((place) => place + 3),
    }
  })
  const means = everyone.map(({ mean }) => mean)
  const last: Row = {
    cells: ['mean', '', '', ...means.map((mean) => mean.toFixed(2)), '', '', ''],
    best: lowest(means).map((place) => place + 3),
  }
  return [{ cells: head }, ...rows, null, last]
}

interface Ratios {
  readonly contender: Contender
  readonly ratios: readonly number[]
  readonly mean: number
}

/** Everybody's score over the clairvoyant's on all grounds, the best first. */
function ratiosOf(grounds: readonly (readonly Result[])[]): readonly Ratios[] {
  return (grounds[0] ?? [])
    .map(({ contender }) => {
      const ratios = grounds.map((results) => results.find((one) => one.contender.key === contender.key)!.ratio)
      return { contender, ratios, mean: geometricMean(ratios) }
    })
    .toSorted((a, b) => a.mean - b.mean)
}

function ratioRow(name: string, ratios: readonly number[]): Row {
  return { cells: [name, ...ratios.map((ratio) => ratio.toFixed(2)), geometricMean(ratios).toFixed(2)] }
}
