import { duration, plainNumber } from '../core/model/words.ts'
import { bestOf, geometricMean, type Result } from '../simulate/contest.ts'
import type { Demand } from '../simulate/demand.ts'
import type { Bout, Claim, Hardship } from '../simulate/verdict.ts'
import type { WorldSettings } from '../simulate/world.ts'

const GAP = 2
const HEAD = ['score', '× clairv.', 'member-h', 'slow s', 'longest', 'changes/d', 'reversals', 'peak']

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
  const of = `members of ${world.memberRps} requests/s, ${world.min} to ${world.max}, booting for ${world.bootS.join('–')} s`
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
        return [
          `${result === best ? '★' : ' '} ${contender.name} (${contender.setting})`,
          score.score.toFixed(2),
          ratio.toFixed(2),
          score.memberHours.toFixed(1),
          String(score.overloadedS),
          String(score.longestS),
          score.changesADay.toFixed(0),
          String(score.reversals),
          String(score.peak),
        ]
      })
  return grid([['', ...HEAD], ...rows(false), null, ...rows(true)])
}

/** All demands: each one's score over the clairvoyant's, and the geometric means. */
export function summary(bouts: readonly Bout[], hardships: readonly Hardship[]): string {
  const everyone = bouts[0]!.results.map(({ contender }) => {
    const ratios = bouts.map(({ results }) => results.find((one) => one.contender.key === contender.key)!.ratio)
    return { contender, ratios, mean: geometricMean(ratios) }
  })
  const rows: (Row | null)[] = [['score over the clairvoyant’s', ...bouts.map(({ demand }) => demand), 'mean']]
  for (const { contender, ratios } of everyone.toSorted((a, b) => a.mean - b.mean)) {
    rows.push(ratioRow(`  ${contender.name} (${contender.setting})`, ratios))
  }
  rows.push(null)
  const best = bouts.flatMap(({ results }) => bestOf(results, 'rival')?.score.score ?? [])
  const own = bouts.map(({ results }) => bestOf(results, 'spinup')!.score.score)
  if (best.length === own.length) {
    rows.push(
      ratioRow(
        'Spinup over the best rival on that demand',
        own.map((score, index) => score / best[index]!),
      ),
    )
  }
  for (const { name, scores } of hardships) {
    rows.push(
      ratioRow(
        `Spinup, ${name}, over without`,
        scores.map(({ score }, index) => score / own[index]!),
      ),
    )
  }
  return grid(rows)
}

/** What has to be shown, and whether it is. */
export function claimsTable(claims: readonly Claim[]): string {
  const width = Math.max(...claims.map(({ claim }) => claim.length))
  return claims.map(({ claim, seen, holds }) => `${holds ? '✓' : '✗'} ${claim.padEnd(width)}  ${seen}`).join('\n')
}

/** Cells, the first of which names the rest. */
type Row = readonly string[]

function ratioRow(name: string, ratios: readonly number[]): Row {
  return [name, ...ratios.map((ratio) => ratio.toFixed(2)), geometricMean(ratios).toFixed(3)]
}

/** Columns as wide as their widest cell, the first to the left; null: a rule. */
function grid(rows: readonly (Row | null)[]): string {
  const widths: number[] = []
  for (const row of rows) row?.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)))
  const full = widths.reduce((sum, width) => sum + width + GAP, -GAP)
  return rows
    .map((row) => {
      if (row === null) return '─'.repeat(full)
      const cells = row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
      return cells.join(' '.repeat(GAP)).trimEnd()
    })
    .join('\n')
}
