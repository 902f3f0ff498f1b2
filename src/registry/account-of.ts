import { SpinupError } from '../core/model/error.ts'
import type { Pool } from '../core/model/pool.ts'

/** The id of the linked account that a pool's droplets are in. Throws `configuration` where there is none. */
export function accountOf(pool: Pool): string {
  if (pool.account !== null) return pool.account
  throw new SpinupError('configuration', `${pool.name} has no DigitalOcean account; type /spinup connect account.`)
}
