import type { WorldSettings } from './settings.ts'

/** What an agent reads of its host in one second. */
export interface HostReading {
  readonly cpu: number
  readonly load1: number
  readonly psi: number
}

/** A sample on its way to the scaler; `at`: seconds from the start. */
export interface SimulatedSample {
  readonly at: number
  readonly stats: Readonly<Record<string, number>>
}

/** The agent of one member: reads each second, samples as its period has it. */
export interface Agent {
  /** Takes in the second that ends at `at`. */
  read(at: number, reading: HostReading, silent: boolean): void
  /** The newest sample that has arrived by `at`; null: none yet. */
  latest(at: number): SimulatedSample | null
}

/** Other figures of a member at an instant, beside those of its host. */
export type OtherStats = (at: number) => Readonly<Record<string, number>>

/** Dormancy as the real agent has it: these loads keep it at its longest and shortest period, seconds. */
export const REST_S = 10
const BUSY_S = 1
const REST_LOAD = 0.05
const BUSY_LOAD = 0.6
/** When the load falls, the period doubles in five seconds. */
const SLOWING = 2 ** (1 / 5)
const MEMORY = 0.35

/** How long a load lets the agent sleep, seconds. */
export function sleepS(load: number): number {
  const share = Math.min(1, Math.max(0, (load - REST_LOAD) / (BUSY_LOAD - REST_LOAD)))
  return REST_S * (BUSY_S / REST_S) ** share
}

/** `asleepS`: after its first sample it wakes so much earlier, as agents that did not start together do. */
export function createAgent(
  { everyS, lateS }: Pick<WorldSettings, 'everyS' | 'lateS'>,
  asleepS: number,
  others: OtherStats = () => NOTHING,
): Agent {
  /** CPU of the last seconds, in turn. */
  const seconds = new Float64Array(Math.max(REST_S, everyS ?? 0))
  let read = 0
  let periodS = everyS ?? REST_S
  let sinceS = Infinity
  let early = asleepS
  let arrived: SimulatedSample | null = null
  const coming: SimulatedSample[] = []
  const last = (span: number): number => {
    let sum = 0
    for (let back = 1; back <= span; back++) sum += seconds[(read - back) % seconds.length]!
    return sum / span
  }
  return {
    read: (at, reading, silent) => {
      seconds[read++ % seconds.length] = reading.cpu
      sinceS++
      if (everyS === null) periodS = Math.min(sleepS(reading.cpu), periodS * SLOWING)
      if (silent || sinceS < periodS - SLACK_S) return
      // After a jump the quiet seconds before it are no part of the new sample.
      const span = Math.min(read, seconds.length, sinceS, Math.ceil(periodS))
      const { load1, psi } = reading
      coming.push({ at, stats: { cpu: last(span), memory: MEMORY, load1, psi, ...others(at) } })
      sinceS = early
      early = 0
    },
    latest: (at) => {
      while (coming.length > 0 && coming[0]!.at + lateS <= at) arrived = coming.shift()!
      return arrived
    },
  }
}

const NOTHING = {}
const SLACK_S = 0.03
