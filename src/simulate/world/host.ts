import type { Agent } from './agent.ts'
import type { Background } from './settings.ts'

/** A member's machine. What it did in the last second is filled in by what serves requests. */
export interface Host {
  readonly id: string
  readonly index: number
  phase: 'booting' | 'inService' | 'draining'
  /** Seconds from the start at which it came into this phase. */
  since: number
  readonly readyAt: number
  readonly agent: Agent
  /** It never reports. */
  readonly silent: boolean
  /** Connections it holds open. */
  streams: number
  /** Its application does not answer. */
  down: boolean
  /** Share of the second in which its CPU had requests to work on. */
  busy: number
  /** Seconds of work before its CPU at the end. */
  backlogS: number
  /** Requests that came to it. */
  arrived: number
  /** Requests at it, streams not among them: at the end, and on average. */
  inFlight: number
  meanInFlight: number
  /** As its agent reads them. */
  cpu: number
  load1: number
  psi: number
}

export function createHost(
  fields: Pick<Host, 'id' | 'index' | 'phase' | 'since' | 'readyAt' | 'agent' | 'silent'>,
): Host {
  const quiet = { streams: 0, down: false, busy: 0, backlogS: 0, arrived: 0, inFlight: 0, meanInFlight: 0 }
  return { ...fields, ...quiet, cpu: 0, load1: 0, psi: 0 }
}

/** Processes that serve requests: no more of them wait for the CPU at once. */
const WORKERS = 50
const LOAD_S = 60
const PRESSURE_S = 10

/** What the host's own figures make of its last second; `costS`: CPU-seconds of a request. */
export function feel(host: Host, { share, nice }: Background, costS: number): void {
  host.cpu = nice ? host.busy + Math.min(share, 1 - host.busy) : host.busy * (1 - share) + share
  const runnable = Math.min(WORKERS, host.busy + host.backlogS / costS) + share
  host.load1 += (runnable - host.load1) / LOAD_S
  // What else is on the CPU waits for it, or is waited for, while requests are worked on.
  const pressed = Math.min(1, Math.max(0, runnable - share - 1) + host.busy * share)
  host.psi += (pressed - host.psi) / PRESSURE_S
}
