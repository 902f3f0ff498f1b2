import type { Logger } from 'pino'
import { createAccess, type AccessTo } from '../accounts/access.ts'
import { createAccounts, type Accounts } from '../accounts/accounts.ts'
import { createClouds, type Clouds } from '../accounts/clouds.ts'
import { startAccountUpkeep } from '../accounts/upkeep.ts'
import { startAdapters, type Adapters } from '../adapters.ts'
import type { Config } from '../config/read-config.ts'
import { CLOUDS } from '../registry/registry.ts'
import type { Closing } from './closing.ts'
import type { Stores } from './stores.ts'

/** The accounts that are linked, and what pools are made of: providers and balancers. */
export interface Cloud {
  readonly clouds: Clouds
  readonly accounts: Accounts
  readonly access: AccessTo
  readonly adapters: Adapters
  /** Aborts when the bot stops. */
  readonly signal: AbortSignal
}

export async function openCloud(
  config: Config,
  { redis, keyFor, vault, store, clock }: Stores,
  publicUrl: string,
  log: Logger,
  closing: Closing,
): Promise<Cloud> {
  const { now } = clock
  const clouds = createClouds(CLOUDS, config.clouds, { redirectUri: `${publicUrl}/connect/callback`, now })
  const accounts = createAccounts({ vault, redis, clouds, now, log })
  const stopping = new AbortController()
  closing.add(() => stopping.abort())
  const { signal } = stopping
  const access = createAccess({ accounts, redis, clock, log, signal })
  const adapters = await startAdapters({
    config,
    clouds,
    access,
    controlKey: keyFor('balancer control'),
    redis,
    vault,
    store,
    clock,
    log,
  })
  closing.add(adapters.release)
  closing.add(startAccountUpkeep({ accounts, store, log }))
  return { clouds, accounts, access, adapters, signal }
}
