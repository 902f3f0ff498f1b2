import type { BackendState, BalancerReading } from '../model/backend.ts'
import type { Memory, Observation, OpenWindow } from '../model/decision.ts'
import { inForce } from '../model/member.ts'
import type { Sample, Stats, Traffic } from '../model/sample.ts'
import type { Refresh } from '../model/refresh.ts'
import type { PoolState } from './state.ts'
import { consider, type Judgement } from '../policy/decide.ts'
import { besideHours, dearest } from './capacity.ts'

/** What every member said last. */
export type Latest = Readonly<Record<string, { readonly at: number; readonly stats: Stats } | null>>

/** What a pool was judged by last, and how, before anything limited what was done. */
export interface Look {
  readonly state: PoolState
  readonly latest: Latest
  readonly reading: BalancerReading
  /** How long a clone was said to take, ms. */
  readonly bootMs: number
  readonly memory: Memory
  readonly judgement: Judgement
}

function isMakingRoom({ step, owed, operationId, moves }: Refresh): boolean {
  return step !== 'roll' || owed > 0 || moves.some((move) => move.operationId === operationId && move.above === true)
}

/**
 * What the judgement may look at: the members as they are, their newest figures and what their balancer sees of them;
 * `bootMs`: how long a clone is said to take.
 */
export function observe(
  state: PoolState,
  latest: Latest,
  { backends, queued }: Pick<BalancerReading, 'backends' | 'queued'>,
  windows: readonly OpenWindow[],
  now: number,
  bootMs: number = state.pool.bootMs,
): Observation {
  const { pool } = state
  // While a refresh has made one more on purpose, that one is not to be taken for one too many.
  const held = state.refresh?.stage === 'working' && isMakingRoom(state.refresh)
  const seen = new Map(backends?.map((backend) => [backend.url, backend]))
  return {
    poolId: pool.id,
    windows,
    queued,
    ...dearest(state),
    bootMs,
    extraDollars: besideHours(state, now),
    team: state.upkeep.team ?? null,
    members: state.members.map((member) => {
      const sample = latest[member.id] ?? null
      return {
        id: member.id,
        phase: member.phase,
        ...(member.dollarsPerHour === undefined ? {} : { dollarsPerHour: member.dollarsPerHour }),
        origin: member.role === 'origin',
        ageMs: now - member.phaseAt,
        removable:
          !held &&
          member.role === 'clone' &&
          member.phase === 'inService' &&
          !inForce(state.protections[member.id] ?? null, now),
        stats: sample?.stats ?? null,
        lastSampleAt: sample?.at ?? null,
        traffic: member.url === null ? null : trafficOf(seen.get(member.url)),
      }
    }),
    pin:
      state.pin === null
        ? null
        : { count: state.pin.count, owner: state.pin.owner.name, expiresAt: state.pin.expiresAt },
    pause: state.pause === null ? null : { owner: state.pause.owner.name, expiresAt: state.pause.expiresAt },
  }
}

/** A balancer's view of a member, as the judgement takes it; null where it tells nothing. */
function trafficOf(backend: BackendState | undefined): Traffic | null {
  if (backend === undefined) return null
  const traffic = {
    rps: backend.rps,
    p95: seconds(backend.p95Ms),
    firstByteP95: seconds(backend.firstByteP95Ms),
    inFlight: backend.atMember,
    waiting: backend.waiting,
    streaming: backend.streaming,
    queued: backend.queued,
  }
  return Object.values(traffic).every((figure) => figure === null) ? null : traffic
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000
}

/** Whether newer samples ask for a change, and for another one than was judged at that look. */
export function asksOtherwise(
  look: Look,
  samples: ReadonlyMap<string, Sample>,
  windows: readonly OpenWindow[],
  now: number,
): boolean {
  const news = [...samples].filter(([id, { at }]) => at > (look.latest[id]?.at ?? 0))
  if (news.length === 0) return false
  const latest: Latest = { ...look.latest, ...Object.fromEntries(news) }
  const observation = observe(look.state, latest, look.reading, windows, now, look.bootMs)
  const { judgement } = consider(observation, look.state.pool.policy, look.memory, now)
  if (judgement.kind === 'hold') return false
  return judgement.kind !== look.judgement.kind || judgement.to !== look.judgement.to
}
