import { duration, plainNumber } from '../core/model/words.ts'
import { bestOf, geometricMean, type Contender, type Result } from '../simulate/contest.ts'
import type { Demand } from '../simulate/demand.ts'
import type { Bout, Claim, Hardship } from '../simulate/verdict.ts'
import { costOf, type WorldSettings } from '../simulate/world/settings.ts'
import type { Played } from '../simulate/situations/claims.ts'

/** Cells, the first of which names the rest; `best`: the cell to be marked, where there is one. */
export interface Row {
  readonly cells: readonly string[]
  readonly best?: readonly number[]
}

const GAP = 2

/** Columns as wide as their widest cell, the first to the left; null: a rule. */
export function grid(rows: readonly (Row | null)[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row?.cells.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)))
  }
  const full = widths.reduce((sum, width) => sum + width + GAP, -GAP)
  return rows
    .map((row) => {
      if (row === null) return '─'.repeat(full)
      const cells = row.cells.map((cell, index) =>
        index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!),
      )
      return cells.join(' '.repeat(GAP)).trimEnd()
    })
    .join('\n')
}

/** The same in Markdown, the best cells bold; the first row is the head, and rules are left out. */
export function markdown(rows: readonly (Row | null)[]): string {
  const [head, ...rest] = rows
    .filter((row) => row !== null)
    .map(({ cells, best = [] }) => {
      const shown = cells.map((cell, index) => (best.includes(index) ? `**${cell.trim()}**` : cell.trim()))
      return `| ${shown.join(' | ')} |`
    })
  const columns = rows[0]?.cells.length ?? 0
  return [head, `| --- |${' ---: |'.repeat(columns - 1)}`, ...rest].join('\n')
}

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
function nameOf({ name, setting }: Contender): string {
  return `${name} (${setting})`
}

/** The places of the lowest of some values. */
function lowest(values: readonly number[]): readonly number[] {
  const least = Math.min(...values)
  return values.flatMap((value, index) => (value === least ? [index] : []))
}

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
