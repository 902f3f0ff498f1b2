import { answer } from '../../core/model/answer.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/place.ts'
import type { View } from '../../core/model/view.ts'
import type { Services } from '../services.ts'

/**
 * A one-time link to the page where an account is linked: for a new pool, or once more for one that has an account. A
 * token never goes through chat.
 */
export async function link(services: Services, poolId: string | null, asker: Asker): Promise<readonly View[]> {
  const pool = poolId === null ? null : ((await services.store.load(poolId))?.pool ?? null)
  if (pool !== null && pool.account === null) {
    throw new SpinupError(
      'conflict',
      `${pool.name} is connected, and needs no account. Type /spinup disconnect first to connect another droplet.`,
    )
  }
  const url = await services.createLink({ asker, poolId: pool?.id ?? null })
  const what =
    pool === null
      ? 'Link the account and pick the droplet on this page'
      : `Link the account of ${pool.name} again on this page`
  const title = pool === null ? 'Connect a droplet' : 'Link the account again'
  const text = `${what}: ${url}\nThe link works once, for 15 minutes. Paste no token here in the channel.`
  return [{ ...answer('info', title, text), private: true }]
}
