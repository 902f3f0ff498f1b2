import { cut, scaled, type Demand } from './demand.ts'
import { SHAPES } from './shapes.ts'
import { highRate, parseTrace } from './trace.ts'

/** How full a member is to be when a trace's size is chosen. */
const FULL = 0.7
const DAY_S = 86_400

/** The real counts among the standard demands: which file, and how much of it. */
const STANDARD_TRACES = [
  { file: 'worldcup98-1998-06-10-to-16-per-minute.csv', name: 'worldcup', days: 2 },
  { file: 'aws-elb-2014-per-5-minutes.csv', name: 'elb', days: 1 },
] as const

/** A trace's members are to be so many when it is busiest. */
export const STANDARD_MEMBERS = 14

/** The same demand, so large that `members` of `memberRps` each are 70 % full at its 99.9th percentile. */
export function scaledTo(demand: Demand, members: number, memberRps: number): Demand {
  const high = highRate(demand)
  return high === 0 ? demand : scaled(demand, (members * memberRps * FULL) / high)
}

/** All that Spinup is judged by: the shapes, and the traces whose text (by file name) is there. */
export function standardDemands(textOf: (file: string) => string | null, memberRps: number): readonly Demand[] {
  const traces = STANDARD_TRACES.flatMap(({ file, name, days }) => {
    const text = textOf(file)
    return text === null ? [] : [scaledTo(cut(parseTrace(name, text), days * DAY_S), STANDARD_MEMBERS, memberRps)]
  })
  return [...SHAPES, ...traces]
}
