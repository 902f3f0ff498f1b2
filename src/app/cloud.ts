import type { Logger } from 'pino'
import { createAccounts, type Accounts } from '../accounts/accounts.ts'
import { createEdges, type Edges } from '../accounts/edges.ts'
import { startTending } from '../accounts/tend.ts'
import { startAdapters, type Adapters } from '../adapters.ts'
import type { Config } from '../config/config.ts'
import { createOAuth, type OAuth } from '../providers/digitalocean/oauth.ts'
import type { Closing } from './closing.ts'
import type { Stores } from './stores.ts'

/** The accounts that are linked, and what pools are made of: providers and balancers. */
export interface Cloud {
  /** null: no application at DigitalOcean, so people paste tokens. */
  readonly oauth: OAuth | null
  readonly accounts: Accounts
  readonly edges: Edges
  readonly adapters: Adapters
  /** Aborts when the bot stops. */
  readonly signal: AbortSignal
}

export async function openCloud(
  config: Config,
  { redis, secret, vault, store, clock }: Stores,
  publicUrl: string,
  log: Logger,
  closing: Closing,
): Promise<Cloud> {
  const { clientId, clientSecret, oauthUrl, apiUrl, token } = config.digitalocean
  const { now } = clock
  const redirectUri = `${publicUrl}/connect/callback`
  const oauth = clientId === null ? null : createOAuth({ clientId, clientSecret, oauthUrl, redirectUri, now })
  const accounts = createAccounts({ vault, redis, environmentToken: token, oauth, now, log })
  const stopping = new AbortController()
  closing.add(() => stopping.abort())
  const { signal } = stopping
  const edges = createEdges({ accounts, redis, apiUrl, clock, log, signal })
  const adapters = await startAdapters({ config, secret, redis, vault, edges, store, clock, log })
  closing.add(adapters.release)
  closing.add(startTending({ accounts, store, log }))
  return { oauth, accounts, edges, adapters, signal }
}
