import type { ObservedMember } from '../../model/decision.ts'
import type { Finding, FindingMemory } from '../../model/finding.ts'
import type { Reading } from '../load/reading.ts'
import { waitAt } from '../load/traffic.ts'
import { follow, middle } from './follow.ts'
import { stands } from './standing.ts'

/** With less CPU than this in use, those who wait, wait for something else. */
const IDLE = 0.5
/** Pages that take this many times as long as usual, and this long, are slow; once they are, down to `STILL` times as long. */
const SLOW = 2.5
const STILL = 1.5
const NOTICED_S = 0.5
/** What is usual is learned over so long, s; before this much of it nothing is called unusual, ms. */
const USUAL_S = 3600
const KNOWN_MS = 600_000
/** While pages are slow, that becomes usual only so much more slowly: some day it is how the site is. */
const SLOWLY = 6
/** Fewer waiting requests than this tell nothing of how long they wait. */
const FEW = 5
/** Requests open at each member, and for how long on average, from which on it is worth saying that they stream or wait. */
const OPEN = 10
const LONG_S = 5

/** How long pages take just now, and how many wait. */
export interface Pages {
  readonly seconds: number | null
  readonly waiting: number | null
  readonly cpu: number
}

/** Null where nobody reports. */
export function pagesOf(reading: Reading): Pages | null {
  const { reporting } = reading
  if (reporting.length === 0) return null
  const rps = sum(reporting, ({ traffic }) => traffic?.rps)
  const waiting = sum(reporting, ({ traffic }) => traffic?.waiting)
  const answerTimes = reporting.flatMap((member) => waitAt(member) ?? [])
  const answered = middle(answerTimes)
  // Requests that hang are not answered: that they are many for so few answers tells how long they wait.
  const hanging = waiting === null || rps === null || waiting < FEW ? null : waiting / Math.max(rps, waiting / HANGS_S)
  const seconds = answered === null && hanging === null ? null : Math.max(answered ?? 0, hanging ?? 0)
  return { seconds, waiting, cpu: reading.busy / Math.max(1, reading.serving.length) }
}

/** Where nothing is answered at all, more is not known than that it takes very long. */
const HANGS_S = 60

/** What is usual of a pool's pages, learned while its CPUs are idle enough to have no part in it. */
export function followPages(
  before: FindingMemory['pages'],
  pages: Pages | null,
  passedS: number,
  now: number,
): FindingMemory['pages'] {
  if (pages === null || pages.seconds === null || pages.cpu >= IDLE) return before
  if (before === null) return { since: now, usual: pages.seconds }
  const { since, usual } = before
  const learned = Math.max(passedS, (now - since) / 1000)
  const over = pages.seconds > STILL * usual ? SLOWLY * USUAL_S : Math.min(USUAL_S, learned)
  return { since, usual: follow(usual, pages.seconds, passedS, over)! }
}

/** Pages slower than usual at idle CPUs. */
export function elsewhere(found: FindingMemory, pages: Pages | null, saturated: boolean, now: number): Finding | null {
  if (pages === null || pages.seconds === null || found.pages === null) return null
  if (saturated || pages.cpu >= IDLE || now - found.pages.since < KNOWN_MS) return null
  const times = stands(found.standing['elsewhere'], now) ? STILL : SLOW
  if (pages.seconds < Math.max(NOTICED_S, times * found.pages.usual)) return null
  return { kind: 'elsewhere', seconds: pages.seconds, usual: found.pages.usual, cpu: pages.cpu, waiting: pages.waiting }
}

/** Many requests that are open for long, though the CPU has room. */
export function openOnes(reading: Reading): Finding | null {
  const { reporting } = reading
  const streaming = sum(reporting, ({ traffic }) => traffic?.streaming)
  const count = streaming ?? sum(reporting, ({ traffic }) => traffic?.inFlight)
  if (count === null || reporting.length === 0 || count < OPEN * reporting.length) return null
  const rps = sum(reporting, ({ traffic }) => traffic?.rps)
  if (reading.saturated || reading.busy >= IDLE * reading.serving.length) return null
  // Where it is not reported which stream, many answers a second explain many in flight.
  if (streaming === null && (rps === null || count < LONG_S * rps)) return null
  return { kind: 'open', count, streams: streaming !== null }
}

/** Of all these together; null where one does not tell. */
function sum(
  reporting: readonly ObservedMember[],
  of: (member: ObservedMember) => number | null | undefined,
): number | null {
  let total = 0
  for (const member of reporting) {
    const value = of(member)
    if (typeof value !== 'number') return null
    total += value
  }
  return total
}
