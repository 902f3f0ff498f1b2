import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { cut, scaled, type Demand } from '../simulate/demand.ts'
import { SHAPES } from '../simulate/shapes.ts'
import { scaledTo, STANDARD_MEMBERS, standardDemands } from '../simulate/standard.ts'
import { parseTrace } from '../simulate/trace.ts'
import { DEFAULT_WORLD } from '../simulate/world/settings.ts'
import type { SimulateOptions } from './simulate-options.ts'

const DAY_S = 86_400
/** Beside the project, where they are there: data that is not the project's own. */
const TRACES = join(import.meta.dirname, '..', '..', '..', 'shared', 'traces')

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
