import { counts, type MemberPhase } from '../../../src/core/model/member.ts'
import { EMPTY_MEMORY, type Memory, type Observation, type OpenWindow } from '../../../src/core/model/decision.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/core/model/policy.ts'
import { isTrafficStat, type Stats, type Traffic } from '../../../src/core/model/sample.ts'
import { consider, remember, type Judgement } from '../../../src/core/policy/decide.ts'
import { createRandom } from '../../../src/simulate/demand.ts'

/** What agents and balancers may say; none of it: the members are silent from the start. */
export type Reported = 'cpu' | 'rps' | 'inflight' | 'p95' | 'load1' | 'psi'

interface Sample {
  readonly at: number
  readonly stats: Stats
  readonly traffic: Traffic | null
}

interface Simulated {
  readonly id: string
  phase: MemberPhase
  since: number
  /** The newest is the last one; those on their way to us are among them. */
  samples: Sample[]
  silent: boolean
  protected: boolean
}

export interface TimelineOptions {
  /** From decision to in service. */
  readonly bootSeconds?: number
  readonly reports?: readonly Reported[]
  /** Further stats, or others in place of the simulated ones, of the member at `index`; `served` is its CPU. */
  readonly stats?: (index: number, served: number, t: number) => Stats
  /** Samples arrive this much later. */
  readonly lateSeconds?: number
  /** Seconds from one look to the next, and from one sample to the next. */
  readonly stepSeconds?: number
  /** CPU-seconds of one request. */
  readonly cost?: number
  /** Requests come by chance, as this seed has it. */
  readonly seed?: number
  /** Members in service at the start. */
  readonly members?: number
  /** Epoch ms at the start. */
  readonly startAt?: number
  readonly act?: boolean
  /** What else the judgement is told. */
  readonly told?: Pick<Observation, 'dollarsPerHour' | 'originDollarsPerHour' | 'bootMs'>
}

/** A pool on a made-up clock: `load(t)` is the CPUs wanted at `t`, shared evenly by the members in service. */
export interface Timeline {
  now(): number
  size(): number
  memory(): Memory
  members(): readonly Simulated[]
  /** Seconds in which work waited for longer than half a second, so far. */
  slowSeconds(): number
  /** Runs on for so many seconds and gives each look's judgement. */
  run(seconds: number, load: (t: number) => number): readonly Judgement[]
  pin(count: number, forMs: number): void
  pause(expiresAt?: number | null): void
  resume(): void
  silence(id: string, silent?: boolean): void
  protect(id: string): void
  openWindows(windows: readonly OpenWindow[]): void
  setPolicy(changes: Partial<Policy>): void
}

const PATIENCE_MS = 5000

export function timeline(policy: Partial<Policy> = {}, options: TimelineOptions = {}): Timeline {
  const bootMs = (options.bootSeconds ?? 60) * 1000
  const stepS = options.stepSeconds ?? 1
  const cost = options.cost ?? 0.01
  const reports = options.reports ?? ['cpu']
  const random = options.seed === undefined ? null : createRandom(options.seed)
  let current: Policy = { ...DEFAULT_POLICY, max: 60, ...policy }
  let now = options.startAt ?? Date.UTC(2026, 4, 20, 12)
  let memory: Memory = EMPTY_MEMORY
  let pin: Observation['pin'] = null
  let pause: Observation['pause'] = null
  let windows: readonly OpenWindow[] = []
  let waiting: { readonly at: number; work: number }[] = []
  let load1 = 0
  let slow = 0
  let next = 1
  let members: Simulated[] = []
  const add = (phase: MemberPhase, since: number): void => {
    members.push({ id: `web-${next++}`, phase, since, samples: [], silent: false, protected: false })
  }
  for (let count = 0; count < (options.members ?? 1); count++) add('inService', now - 3_600_000)

  function act(judgement: Judgement): void {
    if (judgement.kind === 'scaleOut') {
      for (let count = judgement.from; count < judgement.to; count++) add('booting', now)
    } else if (judgement.kind === 'scaleIn') {
      const leaving = new Set(members.filter((one) => removable(one)).slice(judgement.to - judgement.from))
      members = members.filter((one) => !leaving.has(one))
    }
    memory = remember(memory, judgement)
  }
  /** Work waits in one queue, the oldest first; visitors who wait for too long leave. */
  function serve(wanted: number, t: number): void {
    const serving = members.filter((one) => one.phase === 'inService')
    const came = random === null ? wanted * stepS : random.poisson((wanted * stepS) / cost) * cost
    waiting.push({ at: now, work: came })
    const room = serving.length * stepS
    let served = 0
    let waitS = 0
    for (const visit of waiting) {
      const part = Math.min(visit.work, room - served)
      visit.work -= part
      served += part
      if (part > 0) waitS = (now - visit.at) / 1000
    }
    waiting = waiting.filter((visit) => visit.work > 1e-9 && visit.at > now - PATIENCE_MS)
    const queue = waiting.reduce((sum, visit) => sum + visit.work, 0)
    const share = 1 / Math.max(1, serving.length)
    const cpu = (served * share) / stepS
    waitS = Math.max(waitS, Math.min(queue * share, PATIENCE_MS / 1000))
    if (waitS > 0.5) slow += stepS
    load1 += ((served / stepS + queue) * share - load1) * Math.min(1, stepS / 60)
    const all: Readonly<Record<Reported, number>> = {
      cpu,
      rps: cpu / cost,
      inflight: (queue * share) / cost + cpu,
      p95: waitS + cost,
      load1,
      psi: Math.min(1, queue * share),
    }
    for (const [index, one] of serving.entries()) {
      if (one.silent) continue
      const told = (name: Reported): number | null => (reports.includes(name) ? all[name] : null)
      const own = reports.filter((name) => !isTrafficStat(name)).map((name) => [name, all[name]])
      const traffic = {
        rps: told('rps'),
        p95: told('p95'),
        firstByteP95: null,
        inFlight: told('inflight'),
        waiting: null,
        streaming: null,
        queued: null,
      }
      const stats = { ...Object.fromEntries(own), ...options.stats?.(index, cpu, t) }
      const seen = reports.some((name) => isTrafficStat(name)) ? traffic : null
      one.samples = [...one.samples.slice(-60), { at: now, stats, traffic: seen }]
    }
  }
  function observation(): Observation {
    return {
      poolId: 'web',
      pin,
      pause,
      windows,
      ...options.told,
      members: members.map((one) => {
        const arrived = one.samples.findLast((sample) => sample.at <= now - (options.lateSeconds ?? 0) * 1000)
        return {
          id: one.id,
          phase: one.phase,
          origin: one.id === 'web-1',
          ageMs: now - one.since,
          removable: removable(one),
          stats: arrived?.stats ?? null,
          lastSampleAt: arrived?.at ?? null,
          traffic: arrived?.traffic ?? null,
        }
      }),
    }
  }
  function step(load: (t: number) => number, t: number): Judgement {
    now += stepS * 1000
    for (const one of members) {
      if (one.phase === 'booting' && now - one.since >= bootMs) {
        one.phase = 'inService'
        one.since = now
      }
    }
    serve(load(t), t)
    const seen = consider(observation(), current, memory, now)
    memory = seen.memory
    if (options.act !== false) act(seen.judgement)
    return seen.judgement
  }
  return {
    now: () => now,
    size: () => members.filter((one) => counts(one)).length,
    memory: () => memory,
    members: () => members,
    slowSeconds: () => slow,
    run: (seconds, load) =>
      Array.from({ length: Math.round(seconds / stepS) }, (_, index) => step(load, index * stepS)),
    pin: (count, forMs) => (pin = { count, owner: 'Ada', expiresAt: now + forMs }),
    pause: (expiresAt = null) => (pause = { owner: 'Ada', expiresAt }),
    resume: () => (pause = null),
    silence: (id, silent = true) => {
      for (const one of members) if (one.id === id) one.silent = silent
    },
    protect: (id) => {
      for (const one of members) if (one.id === id) one.protected = true
    },
    openWindows: (open) => (windows = open),
    setPolicy: (changes) => (current = { ...current, ...changes }),
  }
}

function removable(one: Simulated): boolean {
  return one.id !== 'web-1' && one.phase === 'inService' && !one.protected
}

/** Decisions that change the size, as `second: from→to`, for readable expectations. */
export function changesOf(judgements: readonly Judgement[], stepSeconds = 1): readonly string[] {
  return judgements.flatMap((one, index) =>
    one.kind === 'hold' ? [] : [`${index * stepSeconds}: ${one.from}→${one.to}`],
  )
}
