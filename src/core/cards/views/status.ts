import { counts, inForce } from '../../model/member.ts'
import type { Actor } from '../../model/pool.ts'
import type { PoolState } from '../../pool/state.ts'
import type { Action, OverrideLine, StatusView } from '../../model/view.ts'
import { plural } from '../../model/words.ts'
import { billed } from '../../pool/capacity.ts'

/** Present figures of members, as far as anyone knows them. */
export interface Present {
  readonly load: number | null
  readonly rps: number | null
  readonly silent: boolean
  /** What is odd about it, in words; null: nothing. */
  readonly odd: string | null
}

/** The pool now, as one card. */
export function statusView(state: PoolState, present: Readonly<Record<string, Present>>, now: number): StatusView {
  const { pool } = state
  const sized = state.members.filter((member) => counts(member))
  const loads = sized
    .filter((member) => member.phase === 'inService')
    .map((member) => present[member.id]?.load ?? null)
    .filter((load) => load !== null)
  return {
    kind: 'status',
    pool: pool.name,
    mode: pool.policy.mode,
    stat: pool.policy.stat,
    target: pool.policy.target,
    tolerance: pool.policy.tolerance,
    value: loads.length === 0 ? null : loads.reduce((sum, load) => sum + load, 0) / loads.length,
    desired: sized.length,
    min: pool.policy.min,
    max: pool.policy.max,
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
