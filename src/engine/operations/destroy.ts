import { SpinupError } from '../../core/model/error.ts'
import type { Operation, OperationEvent } from '../../core/model/operation.ts'
import type { Pool } from '../../core/model/pool.ts'
import { holdOn, type Still } from '../../core/model/bound.ts'
import type { Droplet, Provider } from '../../providers/provider.ts'
import { seeThePool } from './other-account.ts'
import type { Services } from '../services.ts'
import { isSpinups, operationTag, SPINUP_TAG } from '../../core/pool/tags.ts'

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
