import { counts, inForce } from '../../model/member.ts'
import type { Actor } from '../../model/pool.ts'
import type { PoolState } from '../../pool/state.ts'
import type { Action, OverrideLine, StatusView } from '../../model/view.ts'
import { plural } from '../../model/words.ts'
import { billed, limitsOf } from '../../pool/capacity.ts'
import type { OpenWindow } from '../../model/decision.ts'
import { rpsOf, slowestP95Ms, sumOf, type BackendState } from '../../model/backend.ts'
import type { Standing } from '../../model/finding.ts'
import type { Live } from '../../model/message.ts'
import { silentMembers } from '../../alarms/alarms.ts'
import { oddityOf } from '../../policy/findings/words.ts'
import type { Latest } from '../../pool/observation.ts'
import { presentStat } from '../../pool/present.ts'
import { viewOf } from '../words.ts'

/** Present figures of members, as far as anyone knows them. */
export interface Present {
  readonly load: number | null
  readonly rps: number | null
  readonly silent: boolean
  /** What is odd about it, in words; null: nothing. */
  readonly odd: string | null
}

/** The pool now, as one card. */
function statusView(
  state: PoolState,
  present: Readonly<Record<string, Present>>,
  { value, windows }: { readonly value: number | null; readonly windows: readonly OpenWindow[] },
  now: number,
): StatusView {
  const { pool } = state
  return {
    kind: 'status',
    pool: pool.name,
    ...(pool.phase === 'ready' ? {} : { phase: pool.phase }),
    mode: pool.policy.mode,
    stat: pool.policy.stat,
    target: pool.policy.target,
    tolerance: pool.policy.tolerance,
    value,
    desired: state.members.filter((member) => counts(member)).length,
    ...limitsOf(pool.policy, windows),
    members: state.members.map((member) => ({
      id: member.id,
      role: member.role,
      phase: member.phase,
      phaseAt: member.phaseAt,
      protected: inForce(state.protections[member.id] ?? null, now),
      silent: present[member.id]?.silent ?? false,
      odd: present[member.id]?.odd ?? null,
      load: present[member.id]?.load ?? null,
      rps: present[member.id]?.rps ?? null,
    })),
    overrides: overrides(state, now),
    lastDecision: state.decision,
    dollarsPerHour: billed(state).dollarsPerHour,
    actions: actions(state, now),
  }
}

/** Pin, pause and protections in force. */
function overrides(state: PoolState, now: number): readonly OverrideLine[] {
  const lines: OverrideLine[] = []
  const add = (
    what: OverrideLine['what'],
    text: string,
    entry: { owner: Actor; reason: string; expiresAt: number | null },
  ): void => {
    lines.push({ what, text, owner: entry.owner, reason: entry.reason, expiresAt: entry.expiresAt })
  }
  if (state.pin !== null && inForce(state.pin, now))
    add('pin', `Pinned at ${plural(state.pin.count, 'member')}`, state.pin)
  if (state.pause !== null && inForce(state.pause, now)) add('pause', 'Paused', state.pause)
  for (const [id, protection] of Object.entries(state.protections)) {
    if (inForce(protection, now)) add('protect', `${id} is protected`, protection)
  }
  return lines
}

function actions(state: PoolState, now: number): readonly Action[] {
  // Nothing is decided or changed by hand before it is ready, or once it leaves.
  if (state.pool.phase === 'connecting') {
    return [{ action: 'run:/spinup connect', label: 'Continue connecting', style: 'primary' }]
  }
  if (state.pool.phase === 'disconnecting') {
    return [{ action: 'run:/spinup disconnect', label: 'Progress', style: 'plain' }]
  }
  const pinned = inForce(state.pin, now)
  const paused = inForce(state.pause, now)
  return [
    { action: 'run:/spinup why', label: 'Why', style: 'plain' },
    { action: 'run:/spinup stats', label: 'Chart', style: 'plain' },
    pinned
      ? { action: 'run:/spinup unpin', label: 'Unpin', style: 'primary' }
      : { action: 'run:/spinup up 1', label: 'Add one', style: 'plain' },
    paused
      ? { action: 'run:/spinup resume', label: 'Resume', style: 'primary' }
      : { action: 'run:/spinup pause for 30m', label: 'Pause 30 min', style: 'plain' },
  ]
}

/** What is known of a pool right now, in addition to its state. */
export interface LiveFacts {
  readonly latest: Latest
  /** null: the balancer could not be asked. */
  readonly backends: readonly BackendState[] | null
  readonly standing: Readonly<Record<string, Standing>>
  /** Calendar windows that are open now. */
  readonly windows: readonly OpenWindow[]
}

/** Present figures of every member and of the whole front; what is not known is null. `named`: its team has several pools. */
export function liveOf(
  state: PoolState,
  { latest, backends, standing, windows }: LiveFacts,
  named: boolean,
  now: number,
): Live {
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
  const { members: loads, mean: value } = presentStat(state, latest, pool.policy.stat, now)
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
  return {
    at: now,
    status: viewOf(statusView(state, present, { value, windows }, now), { id: pool.id, name: pool.name, named }),
    rps: rpsOf(backends),
    p95Ms: slowestP95Ms(backends),
    inFlight: sumOf((backends ?? []).map(({ atMember }) => atMember)),
  }
}
