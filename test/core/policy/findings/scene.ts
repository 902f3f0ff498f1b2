import {
  EMPTY_MEMORY,
  type Memory,
  type Observation,
  type ObservedMember,
} from '../../../../src/core/model/decision.ts'
import type { Finding } from '../../../../src/core/model/finding.ts'
import { DEFAULT_POLICY, type Policy } from '../../../../src/core/model/policy.ts'
import type { Stats, Traffic } from '../../../../src/core/model/sample.ts'
import { consider, type Judgement } from '../../../../src/core/policy/decide.ts'
import { raised } from '../../../../src/core/policy/findings/standing.ts'

/** What a member shows: its agent's stats, and what its balancer tells; `null` stats: nothing. */
export interface Shows {
  readonly stats: Stats | null
  readonly traffic?: Partial<Traffic> | null
}

/** Members that show what the test says; what is decided is not carried out. */
export interface Scene {
  now(): number
  memory(): Memory
  /** Runs on for so many seconds, a look each, and gives the last judgement. */
  run(seconds: number, shows: (index: number, t: number) => Shows): Judgement
  /** So many members are in service from now on; new ones have just come in. */
  resize(count: number): void
  /** What shows right now, and what people know of. */
  shows(): readonly Finding[]
  raised(): readonly Finding[]
  setPolicy(policy: Partial<Policy>): void
}

/** A balancer that tells nothing. */
export const NO_FIGURES: Traffic = {
  rps: null,
  p95: null,
  firstByteP95: null,
  inFlight: null,
  waiting: null,
  streaming: null,
  queued: null,
}

/** `count` members that have been in service for an hour; `startAt` epoch ms. */
export function scene(count: number, policy: Partial<Policy> = {}, startAt = Date.UTC(2026, 4, 20, 3)): Scene {
  let whole: Policy = { ...DEFAULT_POLICY, max: 60, ...policy }
  let now = startAt
  let memory = EMPTY_MEMORY
  let t = 0
  let members = Array.from({ length: count }, (_, index) => ({ id: `web-${index + 1}`, since: now - 3_600_000 }))
  const observe = (shows: (index: number, t: number) => Shows): Observation => ({
    poolId: 'web',
    pin: null,
    pause: null,
    members: members.map(({ id, since }, index): ObservedMember => {
      const { stats, traffic = null } = shows(index, t)
      return {
        id,
        phase: 'inService',
        origin: index === 0,
        ageMs: now - since,
        removable: index > 0,
        stats,
        lastSampleAt: stats === null ? null : now,
        traffic: traffic === null ? null : { ...NO_FIGURES, ...traffic },
      }
    }),
  })
  return {
    now: () => now,
    memory: () => memory,
    run: (seconds, shows) => {
      let last: Judgement | null = null
      for (let second = 0; second < seconds; second++) {
        now += 1000
        t++
        const seen = consider(observe(shows), whole, memory, now)
        memory = seen.memory
        last = seen.judgement
      }
      return last!
    },
    resize: (size) => {
      members = Array.from({ length: size }, (_, index) => members[index] ?? { id: `web-${index + 1}`, since: now })
    },
    shows: () => memory.load!.found.now,
    raised: () => raised(memory.load!.found.standing).map(({ finding }) => finding),
    setPolicy: (changes) => (whole = { ...whole, ...changes }),
  }
}

/** A little chance that is the same in each run: from 0 to 1. */
export function chance(t: number, index = 0): number {
  const x = Math.sin(t * 12.9898 + index * 78.233) * 43758.5453
  return x - Math.floor(x)
}
