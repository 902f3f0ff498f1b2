import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { Effect, Operation, OperationEvent } from '../../core/model/operation.ts'
import type { Pool } from '../../core/model/pool.ts'
import type { AgentIdentity } from '../../core/model/report.ts'
import { snapshotName } from '../../core/model/droplet.ts'
import { holdOn, type Still } from '../../core/model/bound.ts'
import type { Services } from '../services.ts'
import { operationTag, poolTag, sinceTag, SPINUP_TAG } from '../../core/pool/tags.ts'
import { insteadOf, permit } from './permit.ts'
import { destroy, Late, visited } from './destroy.ts'
import { probe } from './probe.ts'

/**
 * Does one effect and says what came of it. Every effect may be done twice: each is idempotent or merely looks. `still`:
 * whether the operation is this bot's yet. Throws `Late`.
 */
export async function perform(
  services: Services,
  pool: Pool,
  operation: Operation,
  effect: Exclude<Effect, { kind: 'finish' }>,
  still: Still,
): Promise<OperationEvent> {
  try {
    // One that waited, or slept, may find that another has gone on.
    await holdOn(still, operation.memberId)
    const again = await visited(services, pool, operation, effect)
    return again ?? (await act(services, pool, operation, effect, still))
  } catch (error) {
    if (error instanceof Late) throw error
    const later = error instanceof SpinupError && LATER.has(error.code)
    const retryable =
      error instanceof SpinupError ? error.retryable && !(later && effect.kind === 'createDroplet') : true
    services.log.warn({ operation: operation.id, step: operation.step, reason: messageOf(error) }, 'step failed')
    return { kind: 'error', message: messageOf(error), retryable, ...(later ? { later } : {}) }
  }
}

/** A no for now: others may be given what is left, and it is asked again when there may be some. */
const LATER: ReadonlySet<SpinupError['code']> = new Set(['providerRefused', 'limited'])

async function act(
  services: Services,
  pool: Pool,
  operation: Operation,
  effect: Exclude<Effect, { kind: 'finish' }>,
  still: Still,
): Promise<OperationEvent> {
  const provider = services.provider(pool)
  const balancer = services.balancer(pool)
  switch (effect.kind) {
    case 'createDroplet': {
      if (operation.snapshotId === null) {
        throw new SpinupError('badInput', 'The pool has no snapshot to clone; run /spinup connect to take one.')
      }
      const request = {
        name: operation.memberId,
        snapshotId: operation.snapshotId,
        operationTag: operationTag(operation.id),
        tags: [SPINUP_TAG, poolTag(pool.id), sinceTag(pool)],
        userData: await identity(services, pool, operation),
        instead: await insteadOf(services, pool),
      }
      const made = await provider.create(request, () => permit(services, operation))
      return { kind: 'created', dropletId: made.id, dollarsPerHour: made.dollarsPerHour, instead: made.instead }
    }
    case 'inspectDroplet': {
      const droplet = await provider.get(effect.dropletId)
      return droplet === null
        ? { kind: 'droplet', status: 'gone', url: null }
        : { kind: 'droplet', status: droplet.status, url: droplet.url }
    }
    case 'checkSample': {
      const latest = await services.series.latest(pool.id, [operation.memberId])
      const at = latest[operation.memberId]?.at ?? 0
      return { kind: 'sampled', seen: at >= operation.stepAt - SAMPLE_SLACK_MS }
    }
    case 'probe': {
      const answer = await probe(effect.url + pool.healthPath)
      return { kind: 'probed', ...answer }
    }
    case 'addToBalancer':
      await balancer.add(effect.url)
      return { kind: 'ok' }
    case 'inspectBalancer': {
      const found = (await balancer.list()).find((backend) => backend.url === effect.url)
      return found === undefined
        ? { kind: 'balancer', state: 'absent', inFlight: 0 }
        : { kind: 'balancer', state: found.state, inFlight: found.inFlight }
    }
    case 'drainBalancer':
      await balancer.drain(effect.url)
      return { kind: 'ok' }
    case 'removeFromBalancer':
      await holdOn(still, operation.memberId)
      await balancer.remove(effect.url)
      return { kind: 'ok' }
    case 'destroyDroplet':
      return await destroy(services, pool, operation, effect.dropletId, still)
    case 'powerOff':
      await provider.power(effect.dropletId, 'off', still)
      return { kind: 'ok' }
    case 'powerOn':
      await provider.power(effect.dropletId, 'on', still)
      return { kind: 'ok' }
    case 'takeSnapshot': {
      const snapshot = await provider.snapshot(effect.dropletId, snapshotName(pool.id, operation.id), still)
      return {
        kind: 'snapshotted',
        snapshotId: snapshot.id,
        progress: snapshot.progress,
        complete: snapshot.complete,
      }
    }
  }
}

/** A clock a little behind ours must not make a first sample look old. */
const SAMPLE_SLACK_MS = 2000

/** A clone learns who it is from its user data: its own key, never the origin's. */
async function identity(services: Services, pool: Pool, operation: Operation): Promise<string> {
  const random = services.memberKey(operation.id).slice(0, 32)
  const key = await services.identities.issue(pool.id, operation.memberId, random)
  const config: AgentIdentity = { url: services.publicUrl, pool: pool.id, member: operation.memberId, key }
  return JSON.stringify(config)
}
