import { contest, type Contender } from '../simulate/contest.ts'
import { claimsOf, type Played } from '../simulate/situations/claims.ts'
import type { Situation } from '../simulate/situations/situation.ts'
import { SITUATIONS } from '../simulate/situations/situations.ts'
import { createProgress } from './progress.ts'
import { grid, markdown } from './simulate-grid.ts'
import type { SimulateOptions } from './simulate-options.ts'
import { situationsTable } from './simulate-summary.ts'
import { claimsTable, heading, table } from './simulate-table.ts'

/** Those asked for, in the world that was asked for. */
export function situationsOf({ situation, changes }: SimulateOptions): readonly Situation[] {
  return SITUATIONS.filter(({ name }) => situation === 'all' || name === situation).map((one) => ({
    ...one,
    world: { ...one.world, max: Math.max(one.world.max, changes.min ?? 0), ...changes },
  }))
}

/** Request by request: a table of each, and of all together where there are several. */
export function replaySituations(options: SimulateOptions, everyone: readonly Contender[]): void {
  const situations = situationsOf(options)
  const seconds = situations.reduce((sum, { demand }) => sum + demand.seconds, 0)
  const progress = createProgress(seconds * (everyone.length + 1), process.stderr)
  const played = situations.map((situation): Played => {
    const results = contest(situation.demand, situation.world, everyone, () => progress.step(1))
    progress.part(situation.name)
    return { situation, results }
  })
  progress.end()
  const claims = claimsOf(played)
  if (options.json) {
    const answered = played.map(({ situation: { name, about, useful }, results }) => ({
      situation: name,
      about,
      useful,
      results: results.map(figures),
    }))
    console.log(JSON.stringify({ situations: answered, claims }))
    return
  }
  if (options.markdown) {
    console.log(markdown(situationsTable(played)))
    return
  }
  for (const one of played) console.log(`${about(one)}\n\n${table(one.results)}\n`)
  if (played.length > 1) console.log(`${grid(situationsTable(played))}\n\n${claimsTable(claims)}`)
}

function about({ situation: { about, demand, world, useful } }: Played): string {
  const most = useful === null ? '' : `; more than ${useful} help nobody`
  return `${heading(demand, world)}\n${about}${most}`
}

/** One contender's figures, as `--json` tells them. */
export function figures({ contender, score, ratio }: Played['results'][number]): object {
  const { key, name, setting, kind } = contender
  const { scaler: _, ...rest } = score
  return { key, name, setting, kind, ratio, ...rest }
}
