import type { Observation } from '../core/model/decision.ts'
import { inForce } from '../core/model/member.ts'
import type { Policy } from '../core/model/policy.ts'
import type { PoolState } from '../core/model/state.ts'

/** Where samples are read from; `src/store/series` in the product. */
export interface SampleReader {
  latest(
    poolId: string,
    memberIds: readonly string[],
  ): Promise<Readonly<Record<string, { readonly at: number; readonly stats: Readonly<Record<string, number>> } | null>>>
  window(
    poolId: string,
    memberIds: readonly string[],
    stats: readonly string[],
    fromAt: number,
    toAt: number,
  ): Promise<Readonly<Record<string, Readonly<Record<string, readonly { at: number; value: number }[]>>>>>
}

/** Agents may sleep this long between samples, so a window reaches back at least so far. */
const LONGEST_PERIOD_MS = 12_000

/** Reads the window the judgement needs, of every member, in one go. */
export async function observe(state: PoolState, samples: SampleReader, now: number): Promise<Observation> {
  const ids = state.members.map((member) => member.id)
  const poolId = state.pool.id
  const from = now - reach(state.pool.policy)
  const [latest, window] = await Promise.all([
    samples.latest(poolId, ids),
    samples.window(poolId, ids, [state.pool.policy.stat], from, now),
  ])
  return {
    poolId,
    members: state.members.map((member) => ({
      id: member.id,
      phase: member.phase,
      ageMs: now - member.phaseAt,
      removable:
        member.role === 'clone' && member.phase === 'inService' && !inForce(state.protections[member.id] ?? null, now),
      points: window[member.id] ?? {},
      lastSampleAt: latest[member.id]?.at ?? null,
    })),
    pin:
      state.pin === null
        ? null
        : { count: state.pin.count, owner: state.pin.owner.name, expiresAt: state.pin.expiresAt },
    pause: state.pause === null ? null : { owner: state.pause.owner.name, expiresAt: state.pause.expiresAt },
  }
}

function reach(policy: Policy): number {
  return Math.max(policy.windowMs, policy.scaleInWindowMs) + LONGEST_PERIOD_MS
}
