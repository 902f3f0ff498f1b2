import { duration, plainNumber } from '../core/model/words.ts'
import { bestOf, geometricMean, type Result } from '../simulate/contest.ts'
import type { Demand } from '../simulate/demand.ts'
import type { Bout, Claim, Hardship } from '../simulate/verdict.ts'
import type { WorldSettings } from '../simulate/world.ts'

const NAME = 54
const CELL = 10
const HEAD = ['score', '× best', 'member-h', 'slow s', 'longest', 'changes/d', 'reversals', 'peak']

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
  const order = (kind: 'yardstick' | null): readonly Result[] =>
    results
      .filter(({ contender }) => (contender.kind === 'yardstick') === (kind === 'yardstick'))
      .toSorted((a, b) => a.score.score - b.score.score)
  const rows = (some: readonly Result[]): readonly string[] =>
    some.map((result) => {
      const { contender, score, ratio } = result
      const mark = result === best ? '★ ' : '  '
      return row(`${mark}${contender.name}${contender.setting === '' ? '' : ` (${contender.setting})`}`, [
        score.score.toFixed(2),
        ratio.toFixed(2),
        score.memberHours.toFixed(1),
        String(score.overloadedS),
        String(score.longestS),
        score.changesADay.toFixed(0),
        String(score.reversals),
        String(score.peak),
      ])
    })
  const rule = '─'.repeat(NAME + CELL * HEAD.length)
  return [row('', HEAD), ...rows(order(null)), rule, ...rows(order('yardstick'))].join('\n')
}

/** All demands: each one's score over the clairvoyant's, and the geometric means. */
export function summary(bouts: readonly Bout[], hardships: readonly Hardship[]): string {
  const names = bouts[0]!.results.map(({ contender }) => contender)
  const lines = [row('score over the clairvoyant’s', [...bouts.map(({ demand }) => demand), 'mean'])]
  const means = new Map<string, number>()
  for (const { key } of names) means.set(key, geometricMean(ratios(bouts, key)))
  for (const { key, name, setting } of names.toSorted((a, b) => means.get(a.key)! - means.get(b.key)!)) {
    const cells = ratios(bouts, key).map((ratio) => ratio.toFixed(2))
    lines.push(row(`  ${name} (${setting})`, [...cells, means.get(key)!.toFixed(3)]))
  }
  const behind = bouts.map(({ results }) => {
    const rival = bestOf(results, 'rival')
    return rival === null
      ? null
      : results.find(({ contender }) => contender.kind === 'spinup')!.score.score / rival.score.score
  })
  if (!behind.includes(null)) {
    const known = behind.map((ratio) => ratio!)
    lines.push(
      '',
      row('Spinup over the best rival on that demand', [
        ...known.map((ratio) => ratio.toFixed(2)),
        geometricMean(known).toFixed(3),
      ]),
    )
  }
  for (const { name, scores } of hardships) {
    const rises = scores.map((score, index) => score.score / own(bouts[index]!))
    const cells = [...rises.map((rise) => rise.toFixed(2)), geometricMean(rises).toFixed(3)]
    lines.push(row(`Spinup, ${name}, over without`, cells))
  }
  return lines.join('\n')
}

/** What has to be shown, and whether it is. */
export function claimsTable(claims: readonly Claim[]): string {
  return claims.map(({ claim, seen, holds }) => `${holds ? '✓' : '✗'} ${claim.padEnd(NAME)}  ${seen}`).join('\n')
}

function ratios(bouts: readonly Bout[], key: string): readonly number[] {
  return bouts.map(({ results }) => results.find(({ contender }) => contender.key === key)!.ratio)
}

function own({ results }: Bout): number {
  return results.find(({ contender }) => contender.kind === 'spinup')!.score.score
}

function row(label: string, cells: readonly string[]): string {
  const short = label.length > NAME ? `${label.slice(0, NAME - 1)}…` : label
  return `${short.padEnd(NAME)}${cells.map((cell) => cell.padStart(CELL + (cell.length >= CELL ? cell.length - CELL + 1 : 0))).join('')}`
}
