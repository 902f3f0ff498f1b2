import type { MemberPhase } from '../../../src/core/model/member.ts'
import { EMPTY_MEMORY, type Memory, type Observation, type Point } from '../../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/core/model/policy.ts'
import { decide, remember, type Judgement } from '../../../src/core/policy/decide.ts'

interface Simulated {
  readonly id: string
  phase: MemberPhase
  since: number
  points: Point[]
  silent: boolean
  protected: boolean
}

/** A pool on a made-up clock: `load(t)` is the CPU-equivalents wanted at `t`, shared by the members in service. */
export interface Timeline {
  now(): number
  size(): number
  members(): readonly Simulated[]
  /** Runs on for so many seconds and gives each second's judgement. */
  run(seconds: number, load: (t: number) => number): readonly Judgement[]
  pin(count: number, forMs: number): void
  pause(): void
  silence(id: string, silent?: boolean): void
  protect(id: string): void
  setPolicy(changes: Partial<Policy>): void
}

/** `bootSeconds`: from decision to in service. */
export function timeline(
  policy: Partial<Policy> = {},
  options: { bootSeconds?: number; act?: boolean } = {},
): Timeline {
  const bootMs = (options.bootSeconds ?? 5) * 1000
  let current: Policy = { ...DEFAULT_POLICY, ...policy }
  let now = 1_000_000
  let memory: Memory = EMPTY_MEMORY
  let pin: Observation['pin'] = null
  let pause: Observation['pause'] = null
  let next = 2
  let members: Simulated[] = [member('web-1', 'inService', now - 3_600_000)]

  function member(id: string, phase: MemberPhase, since: number): Simulated {
    return { id, phase, since, points: [], silent: false, protected: false }
  }
  function act(judgement: Judgement): void {
    if (judgement.kind === 'scaleOut') {
      for (let count = judgement.from; count < judgement.to; count++)
        members.push(member(`web-${next++}`, 'booting', now))
    } else if (judgement.kind === 'scaleIn') {
      const leaving = members.filter((one) => one.phase === 'inService' && one.id !== 'web-1' && !one.protected)
      const gone = new Set(leaving.slice(-(judgement.from - judgement.to)))
      members = members.filter((one) => !gone.has(one))
    }
    memory = remember(memory, judgement)
  }
  function step(load: (t: number) => number, t: number): Judgement {
    now += 1000
    for (const one of members) {
      if (one.phase === 'booting' && now - one.since >= bootMs) {
        one.phase = 'inService'
        one.since = now
      }
    }
    const serving = members.filter((one) => one.phase === 'inService')
    const cpu = Math.min(1, load(t) / serving.length)
    for (const one of serving) if (!one.silent) one.points.push({ at: now, value: cpu })
    const judgement = decide(
      {
        poolId: 'web',
        pin,
        pause,
        members: members.map((one) => ({
          id: one.id,
          phase: one.phase,
          ageMs: now - one.since,
          removable: one.id !== 'web-1' && one.phase === 'inService' && !one.protected,
          points: { [current.stat]: one.points.slice(-400) },
          lastSampleAt: one.points.at(-1)?.at ?? null,
        })),
      },
      current,
      memory,
      now,
    )
    if (options.act !== false) act(judgement)
    return judgement
  }
  return {
    now: () => now,
    size: () => members.length,
    members: () => members,
    run: (seconds, load) => Array.from({ length: seconds }, (_, t) => step(load, t)),
    pin: (count, forMs) => (pin = { count, owner: 'Ada', expiresAt: now + forMs }),
    pause: () => (pause = { owner: 'Ada', expiresAt: null }),
    silence: (id, silent = true) => {
      for (const one of members) if (one.id === id) one.silent = silent
    },
    protect: (id) => {
      for (const one of members) if (one.id === id) one.protected = true
    },
    setPolicy: (changes) => (current = { ...current, ...changes }),
  }
}
