import type { Finding, FindingMemory } from '../../model/finding.ts'
import type { LoadMemory } from '../../model/load.ts'
import { costOf, type Cost } from '../load/cost.ts'
import type { Reading } from '../load/reading.ts'
import { latencyOf } from '../load/traffic.ts'
import { follow } from './follow.ts'

/** What is shown is an average of so long, s: a second's burst is no finding. */
const OVER_S = 20
/** Less CPU than this is not worth a word. */
const BUSY = 0.4
/** From here on the machine's own part is worth one, and where it is most of the CPU. */
const MUCH = 0.25
const MOST = 0.5

/** No request of a site costs more than this, CPU-seconds, … */
const DEAREST_S = 1
/** … or so many times as long as it takes, unless others have shown it: a mean may be above its p95. */
const LONGER = 1.5

/** CPU that requests do not account for, at the middle member; kept as it was while members are at their limit. */
export function followOwn(
  before: FindingMemory['own'],
  load: LoadMemory,
  reading: Reading,
  passedS: number,
): FindingMemory['own'] {
  const cost = plausible(costOf(load.cost), latencyOf(reading.reporting))
  if (cost === null || reading.saturated || reading.reporting.length === 0) return before
  const members = []
  for (const { id, stats } of reading.reporting) {
    const cpu = stats?.['cpu']
    // The requests that it served when its sample was taken.
    const rps = load.joined[id]?.rps
    if (cpu === undefined || rps === null || rps === undefined) return null
    members.push({ cpu, visitors: cost.perRequest * rps, sure: cpu - (cost.perRequest + cost.doubt) * rps })
  }
  const { cpu, visitors, sure } = members.toSorted((a, b) => a.sure - b.sure)[Math.floor((members.length - 1) / 2)]!
  // Where requests may well cost as much, nothing is called the machine's own.
  const own = Math.max(0, sure < MUCH ? sure : cpu - visitors)
  return {
    cpu: follow(before?.cpu, cpu, passedS, OVER_S)!,
    own: follow(before?.own, own, passedS, OVER_S)!,
    halved: follow(before?.halved, (cpu + own) / 2, passedS, OVER_S)!,
  }
}

/** Few requests beside much CPU would make each cost seconds; one that is answered in less took less. */
function plausible(cost: Cost | null, latency: number | null): Cost | null {
  if (cost === null || latency === null || cost.perRequest <= DEAREST_S) return cost
  const most = LONGER * latency
  return most < cost.perRequest / 2 ? { perRequest: most, doubt: 0 } : cost
}

/** A CPU that is busy, though hardly with visitors. */
export function ownCpu(own: FindingMemory['own']): Finding | null {
  if (own === null || own.cpu < BUSY || own.own < MUCH || own.own < MOST * own.cpu) return null
  return { kind: 'ownCpu', ...own }
}
