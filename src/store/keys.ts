/** Redis keys. Everything of a pool shares the hash tag `{pool}`, so that one script can touch it all, on a cluster too. */
export const keys = {
  pools: 'spinup:pools',
  state: (poolId: string): string => `spinup:{${poolId}}:state`,
  lock: (poolId: string): string => `spinup:{${poolId}}:lock`,
  journal: (poolId: string): string => `spinup:{${poolId}}:journal`,
  decisions: (poolId: string): string => `spinup:{${poolId}}:decisions`,
  charts: (poolId: string, chartId: string): string => `spinup:{${poolId}}:chart:${chartId}`,
  balancer: (poolId: string): string => `spinup:{${poolId}}:balancer`,
  offer: 'spinup:offer',
  vault: 'spinup:vault',
  renewal: (accountId: string): string => `spinup:account:{${accountId}}:renewal`,
  requests: (accountId: string): string => `spinup:account:{${accountId}}:requests`,
  outboxDestinations: 'spinup:outbox',
  outboxCards: (destination: string): string => `spinup:outbox:{${destination}}:cards`,
  outboxPending: (destination: string): string => `spinup:outbox:{${destination}}:pending`,
  outboxFloor: (destination: string): string => `spinup:outbox:{${destination}}:floor`,
  outboxLock: (destination: string): string => `spinup:outbox:{${destination}}:lock`,
}
