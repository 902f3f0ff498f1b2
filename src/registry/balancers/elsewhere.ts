import { SpinupError } from '../../core/model/error.ts'
import type { Pool } from '../../core/model/pool.ts'
import type { ReadyBalancer } from '../entry.ts'

/** A balancer that others run. */
export function elsewhere(about: string): Omit<ReadyBalancer, 'open'> {
  return { about, url: null, release: () => undefined }
}

/** The balancer was chosen and its settings are gone. */
export function unset(pool: Pool): SpinupError {
  return new SpinupError(
    'configuration',
    `It is not known how to reach the ${pool.balancer} balancer of ${pool.name}: set its variables (see docs/balancers.md), or type /spinup disconnect and connect again.`,
  )
}
