import type { BackendState } from '../../model/backend.ts'
import type { Standing } from '../../model/finding.ts'
import type { Live } from '../../model/live.ts'
import { silentMembers } from '../../alarms/alarms.ts'
import { oddityOf } from '../../policy/findings/words.ts'
import type { Latest } from '../../pool/observation.ts'
import { presentStat } from '../../pool/present.ts'
import type { PoolState } from '../../pool/state.ts'
import { viewOf } from '../of-pool.ts'
import { statusView, type Present } from './status.ts'

/** What is known of a pool right now, in addition to its state. */
export interface LiveFacts {
  readonly latest: Latest
  /** null: the balancer could not be asked. */
  readonly backends: readonly BackendState[] | null
  readonly standing: Readonly<Record<string, Standing>>
}

/** Present figures of every member and of the whole front; what is not known is null. `named`: its team has several pools. */
export function liveOf(state: PoolState, { latest, backends, standing }: LiveFacts, named: boolean, now: number): Live {
  const { pool, members } = state
  const observation = {
    poolId: pool.id,
    pin: null,
    pause: null,
    members: members.map((member) => ({
      id: member.id,
      phase: member.phase,
      ageMs: now - member.phaseAt,
      removable: false,
      stats: null,
      lastSampleAt: latest[member.id]?.at ?? null,
    })),
  }
  const silent = silentMembers(state, observation, now)
  const loads = presentStat(state, latest, pool.policy.stat, now).members
  const present: Record<string, Present> = {}
  for (const member of members) {
    const backend = backends?.find((candidate) => candidate.url === member.url)
    present[member.id] = {
      load: loads[member.id] ?? null,
      rps: backend?.rps ?? null,
      silent: silent.includes(member.id),
      odd: oddityOf(standing, member.id),
    }
  }
  const valuesOf = (figure: 'rps' | 'p95Ms' | 'atMember'): readonly number[] =>
    (backends ?? []).map((backend) => backend[figure]).filter((value) => value !== null)
  return {
    at: now,
    status: viewOf(statusView(state, present, now), { id: pool.id, name: pool.name, named }),
    rps: sum(valuesOf('rps')),
    p95Ms: valuesOf('p95Ms').length === 0 ? null : Math.max(...valuesOf('p95Ms')),
    inFlight: sum(valuesOf('atMember')),
  }
}

/** null: nobody reported a figure, which is not zero. */
function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0)
}
