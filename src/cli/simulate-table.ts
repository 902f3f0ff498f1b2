import { duration, plainNumber } from '../core/model/words.ts'
import { bestOf, type Contender, type Result } from '../simulate/contest.ts'
import type { Demand } from '../simulate/demand.ts'
import type { Claim } from '../simulate/verdict.ts'
import { costOf, type WorldSettings } from '../simulate/world/settings.ts'
import { grid, type Row } from './simulate-grid.ts'

const HEAD = ['score', '× clairv.', 'member-h', 'slow s', 'longest', 'changes/d', 'reversals', 'peak', 'asked']

/** What is replayed, in a line. */
export function heading(demand: Demand, world: WorldSettings): string {
  let low = Infinity
  let high = 0
  for (let t = 0; t < demand.seconds; t += 10) {
    const rate = demand.rate(t)
    low = Math.min(low, rate)
    high = Math.max(high, rate)
  }
  const hard = [
    ...(world.lateS > 0 ? [`samples ${world.lateS} s late`] : []),
    ...(world.silentShare > 0 ? [`${Math.round(world.silentShare * 100)} % of the members silent`] : []),
  ]
  const range = `${plainNumber(low)} to ${plainNumber(high)} requests/s`
  const of = `members of ${plainNumber(1 / costOf(world))} requests/s, ${world.min} to ${world.max}, booting for ${world.bootS.join('–')} s`
  return [`${demand.name}: ${duration(demand.seconds * 1000)}, ${range}`, of, ...hard].join('; ')
}

/** One demand: everybody's figures, the best first, yardsticks last. */
export function table(results: readonly Result[]): string {
  const best = bestOf(results, 'spinup', 'rival')
  const rows = (yardstick: boolean): readonly Row[] =>
    results
      .filter(({ contender }) => (contender.kind === 'yardstick') === yardstick)
      .toSorted((a, b) => a.score.score - b.score.score)
      .map((result) => {
        const { contender, score, ratio } = result
        const cells = [
          `${result === best ? '★' : ' '} ${nameOf(contender)}`,
          score.score.toFixed(2),
          ratio.toFixed(2),
          score.memberHours.toFixed(1),
          String(score.overloadedS),
          String(score.longestS),
          score.changesADay.toFixed(0),
          String(score.reversals),
          String(score.peak),
          String(score.most),
        ]
        return { cells }
      })
  return grid([{ cells: ['', ...HEAD] }, ...rows(false), null, ...rows(true)])
}

/** What has to be shown, and whether it is. */
export function claimsTable(claims: readonly Claim[]): string {
  const width = Math.max(...claims.map(({ claim }) => claim.length))
  return claims.map(({ claim, seen, holds }) => `${holds ? '✓' : '✗'} ${claim.padEnd(width)}  ${seen}`).join('\n')
}

/** A contender, and how it is set. */
export function nameOf({ name, setting }: Contender): string {
  return `${name} (${setting})`
}

/** The places of the lowest of some values. */
export function lowest(values: readonly number[]): readonly number[] {
  const least = Math.min(...values)
  return values.flatMap((value, index) => (value === least ? [index] : []))
}
