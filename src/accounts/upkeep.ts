import type { Logger } from 'pino'
import { messageOf } from '../core/model/error.ts'
import type { PoolStore } from '../store/pool-store.ts'
import type { Accounts } from './accounts.ts'

const EVERY_MS = 30 * 60_000

/** Every half hour, and at once: accounts are renewed though nobody uses them just then, and unused ones are given up. Ends it. */
export function startAccountUpkeep(options: {
  readonly accounts: Pick<Accounts, 'maintain'>
  readonly store: Pick<PoolStore, 'list' | 'load'>
  readonly log: Logger
}): () => Promise<void> {
  const { accounts, store, log } = options
  let running: Promise<void> | null = null
  const once = async (): Promise<void> => {
    try {
      await accounts.maintain(await secretsInUse(store))
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'accounts not looked after; will try again')
    }
  }
  const run = (): void => {
    running ??= once().finally(() => (running = null))
  }
  const timer = setInterval(run, EVERY_MS)
  run()
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** Ids of the accounts and sealed secrets that pools have. */
export async function secretsInUse(store: Pick<PoolStore, 'list' | 'load'>): Promise<ReadonlySet<string>> {
  const used = new Set<string>()
  for (const poolId of await store.list()) {
    const pool = (await store.load(poolId))?.pool
    if (pool?.account) used.add(pool.account)
    if (pool?.balancerSettings?.entry !== undefined) used.add(pool.balancerSettings.entry)
  }
  return used
}
