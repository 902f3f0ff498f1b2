import { SpinupError } from '../../core/model/error.ts'
import type { Pool } from '../../core/model/pool.ts'
import type { Droplet, Provider } from '../../providers/provider.ts'
import { madeFor, poolTag } from '../../core/pool/tags.ts'

/**
 * A droplet that is not to be seen was deleted, or the account is another than it was made in: then it would run, and be
 * billed, forever. Throws `providerFailed` (retryable) when nothing of the pool is to be seen at all.
 */
export async function seeThePool(provider: Provider, pool: Pool): Promise<void> {
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
