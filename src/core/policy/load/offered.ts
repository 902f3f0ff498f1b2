import type { ObservedMember } from '../../model/decision.ts'
import type { LoadMemory } from '../../model/load.ts'
import type { Traffic } from '../../model/traffic.ts'

/** The work that is asked of a pool, in CPUs: beyond what they could do, where that can be made out. */
export interface Offered {
  readonly served: number
  readonly offered: number
  readonly saturated: boolean
  /** CPU-seconds waiting at all of them; null where nobody tells. */
  readonly waiting: number | null
  readonly cost: number | null
  /** `offered` is a guess at what full members cannot show: it tells no rise. */
  readonly guessed: boolean
}

/** With fewer requests a second, what the CPU does is mostly its own affair and tells nothing of what one costs. */
const TELLING_RPS = 2
/** No request is believed to cost more, CPU-seconds. */
const DEAREST = 0.2
/** From here on a CPU no longer tells how much is wanted, only that it is too much. */
const FULL = 0.95
/** So many CPU-seconds waiting at each member are a queue, not a few requests in flight. */
const QUEUE = 0.3
/** A full CPU without a word of what waits: with the room below the target, about twice the members, as everyone guesses. */
const GUESS = 1.75
/** Run queues and pressure are rough witnesses; beyond this they are not believed. */
const MOST = 4
/** Samples further apart than this do not tell how fast a queue grows. */
const LONGEST_GAP_S = 30
/** New members change what the old ones show for so long … */
const SETTLE_S = 5
/** … and, where requests waited, until those are through. */
const AFTERMATH_S = 20

/**
 * `share`: how many members each of those heard speaks for; `sinceS`: how long the newest of all members has been in,
 * seconds. For a while nothing is guessed: the old ones are still full of what waited before the new ones came.
 */
export function offered(
  heard: readonly ObservedMember[],
  share: number,
  sinceS: number,
  sampleAt: number,
  load: LoadMemory | null,
): Offered {
  let served = 0
  let guessed = 0
  let rps = 0
  let known = 0
  let queue = 0
  let full = 0
  let slowest = 0
  let told = true
  for (const { stats, traffic } of heard) {
    const cpu = stats?.['cpu'] ?? 0
    served += cpu
    guessed += cpu * hint(stats ?? {}, cpu)
    rps += traffic?.rps ?? 0
    if (cpu >= FULL) full++
    slowest = Math.max(slowest, traffic?.p95 ?? 0)
    told &&= typeof traffic?.inFlight === 'number' && traffic.rps > 0 && cpu > 0
    const held = backlog(traffic, cpu)
    if (held === null) continue
    known++
    queue += held
  }
  const cost = rps >= TELLING_RPS && served > 0 ? Math.min(DEAREST, served / rps) : null
  const all = known === heard.length
  const saturated = full > heard.length / 2 || (all && queue > QUEUE * heard.length)
  const settled = sinceS >= (slowest < PATIENT_S ? SETTLE_S : AFTERMATH_S)
  const total = { served: served * share, saturated, cost }
  const guess = saturated && settled ? guessed * share : served * share
  if (!all) return { ...total, offered: guess, waiting: null, guessed: saturated }
  // How long requests took was settled before new members came: it says nothing of a queue at all of them.
  const comparable = told || settled
  const waiting = comparable ? queue * share : (load?.waiting ?? 0)
  const gapS = (sampleAt - (load?.sampleAt ?? 0)) / 1000
  // Work that came in and was not done is what the queue grew by.
  const growth = gapS <= 0 || gapS > LONGEST_GAP_S ? 0 : (waiting - (load?.waiting ?? 0)) / gapS
  // A queue that visitors leave does not grow; by Little's law so much comes in for it to be so long.
  const steady = saturated && slowest > 0 && growth > -STEADY * served * share
  const long = steady ? waiting / slowest : 0
  const seen = Math.max(0, served * share + growth, long)
  const unseen = !told && slowest >= PATIENT_S && guess > seen
  return { ...total, offered: unseen ? guess : seen, waiting, guessed: unseen }
}

/** A queue that shrinks by less than this share of what is served is steady. */
const STEADY = 0.02
/** Full members whose requests take this long have a queue, though nobody says how long it is, seconds. */
const PATIENT_S = 1

/** CPU-seconds waiting at a member: told by its balancer, or by how long its requests take. */
function backlog(traffic: Traffic | null | undefined, cpu: number): number | null {
  if (!traffic) return null
  if (traffic.inFlight !== null && traffic.rps > 0 && cpu > 0) return (traffic.inFlight * cpu) / traffic.rps
  return traffic.p95 === null ? null : Math.max(0, traffic.p95 - UNHURRIED_S) * cpu
}

/** Requests may well take this long without waiting, seconds. */
const UNHURRIED_S = 0.5

function hint(stats: Readonly<Record<string, number>>, cpu: number): number {
  if (cpu < FULL) return 1
  const load1 = stats['load1']
  const psi = stats['psi']
  const witnesses = [
    ...(load1 === undefined ? [] : [load1]),
    ...(psi === undefined ? [] : [1 / Math.max(1 - psi, 1 / MOST)]),
  ]
  if (witnesses.length === 0) return GUESS
  return Math.min(MOST, Math.max(GUESS, ...witnesses))
}
