import type { Pool } from '../model/pool.ts'
import type { Droplet } from '../model/droplet.ts'

/** What every droplet of Spinup's making carries; one without it is never touched. */
export const SPINUP_TAG = 'spinup'

const OPERATION = 'spinup-op:'

export function poolTag(poolId: string): string {
  return `spinup-pool:${poolId}`
}

/**
 * Tells by which Spinup it was made, and since when that has the pool: another one, with a Redis of its own, may watch a
 * droplet of the same name in the same account.
 */
export function sinceTag(pool: Pick<Pool, 'createdAt'>): string {
  return `spinup-since:${pool.createdAt.toString(36)}`
}

/** Droplets carry the operation that made them, and are looked for by it before one is created. */
export function operationTag(operationId: string): string {
  return `${OPERATION}${operationId}`
}

/** The operation that a droplet says made it; null: it does not say. */
export function operationOf(droplet: Pick<Droplet, 'tags'>): string | null {
  return droplet.tags.find((tag) => tag.startsWith(OPERATION))?.slice(OPERATION.length) ?? null
}

/** Whether Spinup made this droplet for this pool. Providers mind no case, so neither does this. */
export function madeFor(pool: Pool, droplet: Pick<Droplet, 'id' | 'tags'>): boolean {
  return droplet.id !== pool.originDropletId && isSpinups(droplet) && carries(droplet, poolTag(pool.id))
}

/** Whether Spinup made it, and nobody has taken its tag off. */
export function isSpinups(droplet: Pick<Droplet, 'tags'>): boolean {
  return carries(droplet, SPINUP_TAG)
}

/** Whether it carries `tag`, in whatever capitals. */
export function carries({ tags }: Pick<Droplet, 'tags'>, tag: string): boolean {
  return tags.some((one) => one.toLowerCase() === tag.toLowerCase())
}
