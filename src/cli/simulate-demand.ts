import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { cut, scaled, type Demand } from '../simulate/demand.ts'
import { scaledTo, SHAPES, STANDARD_MEMBERS, standardDemands } from '../simulate/standard.ts'
import { parseTrace } from '../simulate/trace.ts'
import { DEFAULT_WORLD } from '../simulate/world/settings.ts'
import type { SimulateOptions } from './simulate-options.ts'
import { contest, type Contender } from '../simulate/contest.ts'
import { claimsOf, type Played } from '../simulate/situations/claims.ts'
import type { Situation } from '../simulate/situations/situation.ts'
import { SITUATIONS } from '../simulate/situations/situations.ts'
import { createProgress } from './progress.ts'
import { claimsTable, grid, heading, markdown, situationsTable, table } from './simulate-table.ts'
import { file } from '../places.ts'

const DAY_S = 86_400
/** Beside the project, where they are there: data that is not the project's own. */
const TRACES = file('../shared/traces')

/** The shape or file of `--trace`, as long and as large as asked for. Throws `configuration` when there is none such. */
export function demandOf(options: SimulateOptions): Demand {
  const { trace, days, scaleTo, tenth } = options
  const shape = SHAPES.find(({ name }) => name === trace)
  const whole = shape ?? fromFile(trace)
  const part = days === null ? whole : cut(whole, Math.round(days * DAY_S))
  const members = scaleTo ?? (shape === undefined ? STANDARD_MEMBERS : null)
  const sized = members === null ? part : scaledTo(part, members, DEFAULT_WORLD.memberRps)
  return tenth ? scaled(sized, 0.1) : sized
}

/** The shapes, with `recorded` the recorded traces too, and the files of those that are not there. */
export function standard(
  recorded: boolean,
  tenth: boolean,
): { readonly demands: readonly Demand[]; readonly missing: readonly string[] } {
  const missing: string[] = []
  const demands = standardDemands((file) => {
    if (!recorded) return null
    const path = join(TRACES, file)
    if (existsSync(path)) return readFileSync(path, 'utf8')
    missing.push(file)
    return null
  }, DEFAULT_WORLD.memberRps)
  return { demands: tenth ? demands.map((demand) => scaled(demand, 0.1)) : demands, missing }
}

function fromFile(path: string): Demand {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const shapes = SHAPES.map(({ name }) => name).join(', ')
    throw new SpinupError(
      'configuration',
      `--trace ${path} is neither a shape (${shapes}; shapes, all) nor a file that can be read: ${messageOf(cause)}`,
    )
  }
  try {
    return parseTrace(basename(path).replace(/\.csv$/, ''), text)
  } catch (cause) {
    throw new SpinupError('configuration', messageOf(cause))
  }
}

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
