import type { MemberPhase } from '../model/member.ts'
import type { Next, Operation, OperationEvent, OperationKind, Step } from '../model/operation.ts'
import type { Actor } from '../model/pool.ts'
import { nextAdopt, nextScaleIn } from './scale-in.ts'
import { nextScaleOut } from './scale-out.ts'
import { nextSnapshot } from './snapshot.ts'
import type { StepContext } from './step.ts'
import { DEFAULT_TIMING, type Timing } from './timing.ts'

const MACHINES: Readonly<Record<OperationKind, (context: StepContext, event: OperationEvent) => Next>> = {
  scaleOut: nextScaleOut,
  scaleIn: nextScaleIn,
  snapshot: nextSnapshot,
  adopt: nextAdopt,
}

/** The next step of an operation after `event`; pure. A finished operation only ever finishes again. */
export function next(operation: Operation, event: OperationEvent, now: number, timing: Timing = DEFAULT_TIMING): Next {
  if (operation.state.kind !== 'running') return { operation, effect: { kind: 'finish' }, delayMs: 0 }
  const after = MACHINES[operation.kind]({ operation, now, timing }, event)
  const { attempt, step } = after.operation
  const said = event.kind === 'error' ? event.message : (operation.trouble ?? null)
  const trouble = attempt > 0 && step === operation.step ? said : null
  // Every save carries a higher version, so a worker that lost its job cannot overwrite the one that took it over.
  return { ...after, operation: { ...after.operation, trouble, version: operation.version + 1 } }
}

const FIRST: Readonly<Record<OperationKind, Step>> = {
  scaleOut: 'create',
  scaleIn: 'drain',
  snapshot: 'shutdown',
  adopt: 'boot',
}

/** A new operation at its first step, or at `step`. */
export function begin(order: {
  readonly id: string
  readonly poolId: string
  readonly kind: OperationKind
  readonly memberId: string
  readonly episodeId: string
  readonly actor: Actor
  readonly now: number
  readonly dropletId?: string | null
  readonly url?: string | null
  readonly snapshotId?: string | null
  readonly step?: Step
  readonly live?: boolean
  readonly memberSince?: number
}): Operation {
  return {
    id: order.id,
    poolId: order.poolId,
    kind: order.kind,
    memberId: order.memberId,
    episodeId: order.episodeId,
    actor: order.actor,
    step: order.step ?? FIRST[order.kind],
    stepAt: order.now,
    attempt: 0,
    startedAt: order.now,
    state: { kind: 'running' },
    version: 1,
    dropletId: order.dropletId ?? null,
    url: order.url ?? null,
    snapshotId: order.snapshotId ?? null,
    ...(order.live === undefined ? {} : { live: order.live }),
    ...(order.memberSince === undefined ? {} : { memberSince: order.memberSince }),
    progress: null,
    failure: null,
    done: {},
  }
}

const PHASES: Readonly<Record<Step, MemberPhase>> = {
  create: 'creating',
  boot: 'booting',
  report: 'booting',
  health: 'booting',
  join: 'joining',
  serve: 'joining',
  undoBalancer: 'deleting',
  undoDroplet: 'deleting',
  drain: 'draining',
  idle: 'draining',
  detach: 'deleting',
  destroy: 'deleting',
  shutdown: 'booting',
  off: 'booting',
  copy: 'booting',
  start: 'booting',
  on: 'booting',
}

/** The phase of the member an operation works on; null: the member is gone from the pool. */
export function phaseOf(operation: Operation): MemberPhase | null {
  if (operation.live === true) return 'inService'
  if (operation.state.kind === 'running') {
    // The origin comes back, so it counts all the while: nobody is to take its place.
    return operation.kind === 'snapshot' ? 'booting' : PHASES[operation.step]
  }
  if (operation.kind === 'scaleIn') return null
  if (operation.state.kind === 'failed') return operation.kind === 'snapshot' ? 'failed' : null
  return 'inService'
}
