import type { Traffic } from '../core/model/sample.ts'

/** A member as a scaler sees it; the line format of `npm run decide`. */
export interface ViewMember {
  readonly id: string
  readonly phase: 'inService' | 'booting' | 'draining'
  /** Seconds in this phase. */
  readonly age: number
  /** Epoch seconds of its newest sample; null: it never reported. */
  readonly sampleAt: number | null
  readonly stats: Readonly<Record<string, number>> | null
  /** What its balancer sees of it; absent: nothing, or what stands in `stats` as `rps`, `p95` and `inflight`. */
  readonly traffic?: Traffic | null
  /** What a platform that runs the member itself meters of it; Spinup has no such platform and does not look. */
  readonly metered?: Metered | undefined
}

/** The last second of a member, as Kubernetes, Knative or a cloud meters it: no agent sleeps, no balancer is asked. */
export interface Metered {
  /** Share of its CPU that was busy, with whatever. */
  readonly cpu: number
  /** Requests that came to it. */
  readonly arrived: number
  /** Requests and open connections at it, on average. */
  readonly inFlight: number
}

/** A pool at one instant; `t` epoch seconds. */
export interface PoolView {
  readonly t: number
  readonly members: readonly ViewMember[]
}

/** Anything that sizes a pool: Spinup's judgement, a rival's, or one that knows the future. */
export interface Scaler {
  readonly name: string
  /** It is asked once in so many seconds. */
  readonly everyS: number
  /** How many members there should be, those on their way included. */
  desired(view: PoolView): number
  /** What it was about to ask for last, before its own limits; absent: the same. */
  wanted?(): number
}

/** Up to so many seconds each one is judged; longer stretches every second or every fifth one, which takes as long. */
const FINE_S = 6 * 3600
const MEDIUM_S = 50 * 3600

/** How often the judgement is asked in a replay of so many seconds. */
export function everyS(seconds: number): number {
  return seconds <= FINE_S ? 1 : seconds <= MEDIUM_S ? 2 : 5
}
