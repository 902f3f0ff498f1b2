import { setTimeout as delay } from 'node:timers/promises'
import type { Member } from '../../core/model/member.ts'
import type { Operation, OperationEvent } from '../../core/model/operation.ts'
import type { PoolState, StateChange } from '../../core/pool/state.ts'
import { next, phaseOf } from '../../core/operation/next.ts'
import type { Services } from '../services.ts'
import { fresh } from './destroy.ts'
import { perform } from './perform.ts'

/** How a run ended: the operation did; another bot has it; or this bot is stopping and it must go on later. */
export type RunOutcome = 'finished' | 'lost' | 'stopped'

/**
 * Carries an operation from where it was saved to its end. Before each effect the operation is saved with the step it
 * is about to do, guarded by its version; after a crash the same effect is done again.
 * `changed` is called after each save. Throws what keeps it from being known or saved how things are, `Late` too: then it is
 * taken up again as it was saved.
 */
export async function runOperation(
  services: Services,
  poolId: string,
  operationId: string,
  options: { readonly signal: AbortSignal; readonly changed: (poolId: string) => void },
): Promise<RunOutcome> {
  let event: OperationEvent = { kind: 'resumed' }
  let held: number | null = null
  for (;;) {
    const state = await services.store.load(poolId)
    const operation = state?.operations.find((candidate) => candidate.id === operationId)
    if (state === null || operation === undefined || operation.state.kind !== 'running') return 'finished'
    // Another bot went on meanwhile: what came of our effect belongs to a step that is over, and must not be given to its.
    if (held !== null && operation.version !== held) return 'lost'

    const step = next(operation, event, services.now(), services.timing(state.pool))
    const saved = await services.store.commit(
      poolId,
      { kind: 'operation', id: operationId, version: operation.version },
      { change: changeOf(state, operation, step.operation, services.now()) },
    )
    if (!saved) return 'lost'
    held = step.operation.version
    if (step.operation.step !== operation.step || step.operation.state.kind !== 'running') {
      services.log.info(
        {
          operation: operationId,
          member: operation.memberId,
          step: step.operation.step,
          state: step.operation.state.kind,
        },
        'operation step',
      )
    }
    if (differs(operation, step.operation)) options.changed(poolId)
    if (step.effect.kind === 'finish') return 'finished'

    try {
      if (step.delayMs > 0) await delay(step.delayMs, undefined, { signal: options.signal })
    } catch {
      return 'stopped'
    }
    if (options.signal.aborted) return 'stopped'
    const version = held
    const still = async (): Promise<boolean> => {
      const now = await fresh(services.elapsed, () => services.store.load(poolId))
      return now?.operations.some((one) => one.id === operationId && one.version === version) ?? false
    }
    event = await perform(services, state.pool, step.operation, step.effect, still)
  }
}

function differs(before: Operation, after: Operation): boolean {
  return (
    before.step !== after.step ||
    before.state.kind !== after.state.kind ||
    before.progress !== after.progress ||
    before.attempt !== after.attempt
  )
}

/** The operation, and its member as the operation now leaves it. */
function changeOf(state: PoolState, before: Operation, after: Operation, now: number): StateChange {
  const operations = { put: [after] }
  const member = state.members.find((candidate) => candidate.id === after.memberId)
  if (member === undefined) return { operations }
  // The team's own droplet stays a member whatever becomes of it.
  const phase = phaseOf(after) ?? (member.role === 'origin' ? 'failed' : null)
  if (phase === null) return { operations, members: { remove: [member.id] }, protections: { [member.id]: null } }
  const running = after.state.kind === 'running'
  const changed: Member = {
    ...member,
    phase,
    phaseAt: phase === member.phase ? member.phaseAt : now,
    dropletId: after.dropletId ?? member.dropletId,
    url: after.url ?? member.url,
    operationId: running ? after.id : null,
    failure: after.failure,
    ...(after.dollarsPerHour === undefined ? {} : { dollarsPerHour: after.dollarsPerHour }),
    ...(after.instead === undefined ? {} : { instead: after.instead }),
  }
  return before.step === after.step && running && changed.phase === member.phase
    ? { operations }
    : { operations, members: { put: [changed] } }
}
