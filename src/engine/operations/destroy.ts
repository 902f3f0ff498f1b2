import { SpinupError } from '../../core/model/error.ts'
import type { Effect, Operation, OperationEvent } from '../../core/model/operation.ts'
import type { Pool } from '../../core/model/pool.ts'
import { holdOn, type Still } from '../../core/model/bound.ts'
import type { Droplet, Provider } from '../../providers/provider.ts'
import type { Services } from '../services.ts'
import { isSpinups, madeFor, operationTag, poolTag, SPINUP_TAG } from '../../core/pool/tags.ts'
import { isIdle } from '../../core/operation/step.ts'

/**
 * Deletes an operation's droplet: by id where known; otherwise whatever carries the operation's tag, since an answer to
 * create may have been lost. Never a droplet that is the origin, and none that somebody has taken Spinup's tag off: that
 * one is theirs from then on.
 */
export async function destroy(
  services: Services,
  pool: Pool,
  operation: Operation,
  dropletId: string | null,
  still: Still,
): Promise<OperationEvent> {
  const provider = services.provider(pool)
  const found =
    dropletId === null ? await provider.list(operationTag(operation.id)) : await theOne(provider, pool, dropletId)
  const kept: string[] = []
  for (const droplet of found) {
    if (droplet.id === pool.originDropletId) {
      throw new SpinupError('conflict', 'Refused to delete the origin droplet; nothing was changed.', {
        retryable: false,
      })
    }
    if (isSpinups(droplet)) await provider.destroy(droplet.id, still)
    else kept.push(`${droplet.name} (${droplet.id})`)
  }
  // It is paid for until it is gone.
  for (const { id } of found) {
    const left = await provider.get(id)
    if (left !== null && isSpinups(left)) return { kind: 'droplet', status: left.status, url: left.url }
  }
  await holdOn(still, operation.memberId)
  await services.identities.revoke(pool.id, operation.memberId)
  if (kept.length === 0) return { kind: 'ok' }
  const reason = `the droplet ${kept.join(', ')} no longer carries the tag ${SPINUP_TAG}, so it was not deleted; it is yours now, and still billed`
  return { kind: 'kept', reason }
}

/** None where it was deleted already; `seeThePool` tells that from an account that cannot have it. */
async function theOne(provider: Provider, pool: Pool, dropletId: string): Promise<readonly Droplet[]> {
  let droplet = await provider.get(dropletId)
  if (droplet === null && pool.phase === 'ready') {
    await seeThePool(provider, pool)
    droplet = await provider.get(dropletId)
  }
  return droplet === null ? [] : [droplet]
}

/**
 * A droplet that is not to be seen was deleted, or the account is another than it was made in: then it would run, and be
 * billed, forever. Throws `providerFailed` (retryable) when nothing of the pool is to be seen at all.
 */
async function seeThePool(provider: Provider, pool: Pool): Promise<void> {
  const origin = pool.originDropletId === null ? null : await provider.get(pool.originDropletId)
  if (!showsPool(pool, origin, origin === null ? await provider.list(poolTag(pool.id)) : [])) throw otherAccount(pool)
}

/** Whether anything of the pool is among what the account shows. */
export function showsPool(pool: Pool, origin: Droplet | null, droplets: readonly Droplet[]): boolean {
  return pool.originDropletId === null || origin !== null || droplets.some((droplet) => madeFor(pool, droplet))
}

export function otherAccount({ name }: Pick<Pool, 'name'>): SpinupError {
  return new SpinupError(
    'providerFailed',
    `The account shows no droplet of ${name} at all, so it may be another account, or team, than before: give Spinup a token of the right one. If all of them were deleted, /spinup disconnect.`,
    { retryable: true },
  )
}

/** What cuts off those who are being served. */
const CUTS: ReadonlySet<Effect['kind']> = new Set(['removeFromBalancer', 'powerOff', 'destroyDroplet'])

/**
 * A member that was drained until nobody was waiting may have visitors again by now: the bot slept, the balancer was
 * restarted, somebody took it back. Reported as it is, so that it is drained once more; null: it may be cut off.
 */
export async function visited(
  services: Services,
  pool: Pool,
  { emptied, url }: Operation,
  effect: Effect,
): Promise<OperationEvent | null> {
  if (emptied !== true || url === null || !CUTS.has(effect.kind)) return null
  // One that cannot be asked keeps no droplet forever: it did let go of this one.
  const backends = await services
    .balancer(pool)
    .list()
    .catch(() => [])
  const found = backends.find((backend) => backend.url === url)
  if (found === undefined) return null
  const event = { kind: 'balancer', state: found.state, inFlight: found.inFlight } as const
  return isIdle(event) ? null : event
}

/** An answer that took longer, because the bot slept over it or Redis did, tells how things were, not how they are; ms. */
const FRESH_MS = 500
const TRIES = 3

/** How things are at this moment is not known: nothing was done, and it is neither a failed attempt nor another bot’s doing. */
export class Late extends SpinupError {
  constructor() {
    super(
      'unavailable',
      `Redis took more than ${FRESH_MS} ms to answer, ${TRIES} times: too long to be sure that no other bot has gone on. Nothing was done; it is tried again.`,
    )
  }
}

/**
 * What `ask` answers, asked again until the answer is of this moment: a bot may be stopped after it was given, too. Throws
 * `Late` when it was late every time. `elapsed`: a clock that nobody sets, ms.
 */
export async function fresh<T>(elapsed: () => number, ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    const asked = elapsed()
    const answer = await ask()
    if (elapsed() - asked <= FRESH_MS) return answer
  }
  throw new Late()
}
