import type { ObservedMember } from '../../model/decision.ts'
import type { Witness, WitnessName } from '../../model/load.ts'

/** Mean figures of the members whose CPU is full, or of all where none is; null where nobody reports it. */
export interface Evidence {
  /** Share of the time in which some task waited for a CPU. */
  readonly psi: number | null
  /** Tasks that run or wait, per CPU. */
  readonly load1: number | null
  /** 95th percentile of the time visitors wait, seconds, and what is usual. */
  readonly latency: number | null
  readonly usualLatency: number | null
  /** CPU-seconds of requests that wait at each member, beyond what usually does. */
  readonly queued: number | null
  /** CPUs that the requests coming in ask of each member. */
  readonly offered: number | null
}

/** From here on a CPU no longer tells how much is wanted, only that it is too much. */
export const FULL = 0.95

/** Each witness agrees from the one value on and contradicts up to the other; between them it says nothing. */
const LIMITS = {
  pressure: { no: 0.1, yes: 0.15 },
  runQueue: { no: 1.2, yes: 2 },
  waiting: { no: 0.1, yes: 0.3 },
  requests: { no: 0.6, yes: 0.9 },
} as const
/** Visitors do not notice waits up to here, seconds. */
const UNNOTICED_S = 0.25
/** So many times the usual wait is slow; up to so many times is usual. */
export const SLOW = 2.5
const USUAL = 1.3

/** What each witness says of a full CPU. */
export function witnesses(seen: Evidence): readonly Witness[] {
  const found: Witness[] = []
  const hear = (name: WitnessName, value: number | null, yes: number, no: number): void => {
    if (value === null) return
    found.push({ name, value, agrees: value >= yes ? true : value <= no ? false : null })
  }
  hear('pressure', seen.psi, LIMITS.pressure.yes, LIMITS.pressure.no)
  hear('runQueue', seen.load1, LIMITS.runQueue.yes, LIMITS.runQueue.no)
  const usual = seen.usualLatency ?? 0
  hear('latency', seen.latency, Math.max(UNNOTICED_S, SLOW * usual), Math.max(UNNOTICED_S, USUAL * usual))
  hear('waiting', seen.queued, LIMITS.waiting.yes, LIMITS.waiting.no)
  hear('requests', seen.offered, LIMITS.requests.yes, LIMITS.requests.no)
  return found
}

/** Whether tasks wait for a CPU; where nobody tells, they may. */
export function isPressed(psi: number | undefined): boolean {
  return psi === undefined || psi >= LIMITS.pressure.yes
}

/** Whether a full CPU is believed: more witnesses agree than contradict. With none there is only the CPU's own word. */
export function believed(witnesses: readonly Witness[]): boolean {
  if (witnesses.length === 0) return true
  const votes = witnesses.reduce((sum, { agrees }) => sum + (agrees === null ? 0 : agrees ? 1 : -1), 0)
  return votes > 0
}

/** The mean of a stat over those that tell it; null where nobody does. */
export function meanOf(members: readonly ObservedMember[], stat: string): number | null {
  let sum = 0
  let count = 0
  for (const { stats } of members) {
    const value = stats?.[stat]
    if (value === undefined) continue
    sum += value
    count++
  }
  return count === 0 ? null : sum / count
}
