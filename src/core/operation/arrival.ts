import type { Effect, Next, Operation, OperationEvent } from '../model/operation.ts'
import { duration } from '../model/words.ts'
import { advance, again, finish, go, mayRetry, overdue, retry, type StepContext } from './step.ts'
import type { Timing } from './timing.ts'
import type { Bound } from '../model/bound.ts'
import type { PoolState } from '../pool/state.ts'
import { operationTag, poolTag } from '../pool/tags.ts'

/** What an arriving member does when it can't go on: undo for a clone, stop for the origin. */
export type GiveUp = (context: StepContext, reason: string) => Next

/** The effect that (re)starts each arrival step; running one twice is harmless. */
function arrivalEffect(context: StepContext): Effect | null {
  const { step, url } = context.operation
  if (step === 'report') return { kind: 'checkSample' }
  if (url === null) return null
  if (step === 'health') return { kind: 'probe', url }
  if (step === 'join') return { kind: 'addToBalancer', url }
  if (step === 'serve') return { kind: 'inspectBalancer', url }
  return null
}

/** Shared by scale out and by the origin's return after its snapshot: first sample → healthy answer → balancer → serving. */
export function arrive(context: StepContext, event: OperationEvent, giveUp: GiveUp): Next {
  const { operation, timing, now } = context
  const effect = arrivalEffect(context)
  if (effect === null) return giveUp(context, 'the member has no address')
  if (event.kind === 'resumed') return go({ ...operation, resumedAt: now }, effect)
  if (event.kind === 'error') {
    return mayRetry(context, event.retryable) ? retry(context, effect) : giveUp(context, event.message)
  }
  switch (operation.step) {
    case 'report': {
      if (event.kind === 'sampled' && event.seen) return start(context, 'health')
      // A bot that was away has received nothing, no matter who reported; agents take a moment to find it again.
      const watchedMs = now - (operation.resumedAt ?? operation.stepAt)
      if (overdue(context, timing.reportMs) && watchedMs > timing.reportMs / 2) {
        return giveUp(context, `no sample from its agent within ${duration(timing.reportMs)}`)
      }
      return again(context, effect)
    }
    case 'health': {
      if (event.kind === 'probed' && event.healthy) return start(context, 'join')
      if (overdue(context, timing.healthMs)) {
        const detail = event.kind === 'probed' ? event.detail : 'no answer'
        return giveUp(context, `not healthy within ${duration(timing.healthMs)} (${detail})`)
      }
      return again(context, effect)
    }
    case 'join':
      return start(context, 'serve')
    case 'serve': {
      if (event.kind === 'balancer' && event.state === 'healthy') return finish(context)
      // Somebody took it out meanwhile: hooking it on again is harmless.
      if (event.kind === 'balancer' && event.state === 'absent') return start(context, 'join')
      if (overdue(context, timing.serveMs)) {
        return giveUp(context, `the balancer did not find it healthy within ${duration(timing.serveMs)}`)
      }
      return again(context, effect)
    }
    default:
      return giveUp(context, `unexpected step ${operation.step}`)
  }
}

/** Goes on to an arrival step and begins it. */
export function start(context: StepContext, step: 'report' | 'health' | 'join' | 'serve', url?: string): Next {
  const operation = advance(context, step, url === undefined ? {} : { url })
  const effect = arrivalEffect({ ...context, operation })
  return effect === null ? again(context, { kind: 'checkSample' }) : go(operation, effect)
}

/** Whether an operation may have made a droplet that no list shows yet: until then it makes no other. */
export function maybeMade(
  { unansweredAt }: Pick<Operation, 'unansweredAt'>,
  { now, timing }: { readonly now: number; readonly timing: Timing },
): boolean {
  return unansweredAt !== undefined && now - unansweredAt < timing.lagMs
}

/**
 * What an operation may make a droplet within. The team's own droplet has a place and does not carry the tag. Of operations that make droplets at the same moment
 * each gives way to those begun before, so that two bots that ask at once do not both take the last place.
 */
export function boundOf(state: PoolState, own: Operation, max: number, at: Parameters<typeof maybeMade>[1]): Bound {
  const { pool, members, operations } = state
  const others = operations.filter(({ id, state: ended }) => id !== own.id && ended.kind === 'running')
  const known = [...members.filter(({ id }) => id !== own.memberId), ...others].map((one) => one.dropletId)
  const makers = operations.filter(
    ({ id, kind, state: ended, dropletId }) =>
      id !== own.id && kind === 'scaleOut' && ended.kind === 'running' && dropletId === null,
  )
  return {
    // Its own may be there already, and only has to be looked for.
    most: maybeMade(own, at) ? 0 : max - (members.some(({ role }) => role === 'origin') ? 1 : 0),
    tag: poolTag(pool.id),
    known: [...new Set(known)].flatMap((id) => (id === null || id === pool.originDropletId ? [] : [id])),
    coming: makers
      .filter((one) => (one.step === 'create' && isBefore(one, own)) || maybeMade(one, at))
      .map(({ id }) => operationTag(id)),
  }
}

function isBefore(one: Operation, other: Operation): boolean {
  return one.startedAt < other.startedAt || (one.startedAt === other.startedAt && one.id < other.id)
}
