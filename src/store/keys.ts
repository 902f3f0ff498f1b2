/** What every key begins with, but for the queue's, which is made again from the operations that the pools hold. */
export const PREFIX = 'spinup:'
export const QUEUE = { name: 'spinup-operations', prefix: '{bull}' } as const

/** Redis keys. Everything of a pool shares the hash tag `{pool}`, so that one script can touch it all, on a cluster too. */
export const keys = {
  /** Of the state: which form it has, and while a backup is put back, since when and by whom. */
  stateVersion: 'spinup:state',
  restoring: 'spinup:restoring',
  /** Which installation it is of, by the id in its data folder. */
  installation: 'spinup:installation',
  pools: 'spinup:pools',
  /** Ids of a tenant's pools; '' is the installation's own team. */
  poolsOf: (tenant: string): string => `spinup:pools:{${tenant}}`,
  /** The pool that is meant in a channel where none is named, by destination. */
  channelPools: (tenant: string): string => `spinup:pools:{${tenant}}:channels`,
  /** Held while a tenant's new pool is named. */
  naming: (tenant: string): string => `spinup:pools:{${tenant}}:naming`,
  /** What one pool has for itself, by name: its droplet, its place at a balancer. */
  claims: 'spinup:claims',
  /** What a tenant has set that is of no single pool. */
  team: (tenant: string): string => `spinup:pools:{${tenant}}:team`,
  /** What a tenant's team wrote, by name, and the source of each version. */
  visuals: (tenant: string): string => `spinup:visuals:{${tenant}}`,
  visualSources: (tenant: string): string => `spinup:visuals:{${tenant}}:sources`,
  clock: 'spinup:clock',
  state: (poolId: string): string => `spinup:{${poolId}}:state`,
  lock: (poolId: string): string => `spinup:{${poolId}}:lock`,
  ending: (poolId: string): string => `spinup:{${poolId}}:ending`,
  journal: (poolId: string): string => `spinup:{${poolId}}:journal`,
  decisions: (poolId: string): string => `spinup:{${poolId}}:decisions`,
  charts: (poolId: string, chartId: string): string => `spinup:{${poolId}}:chart:${chartId}`,
  /** Names of texts that were reported, and the counts of one in a stretch of time. */
  textNames: (poolId: string): string => `spinup:{${poolId}}:texts`,
  texts: (poolId: string, name: string, stretch: string): string => `spinup:{${poolId}}:texts:${name}:${stretch}`,
  arrival: (poolId: string, memberId: string): string => `spinup:{${poolId}}:arrival:${memberId}`,
  balancer: (poolId: string): string => `spinup:{${poolId}}:balancer`,
  auditHead: 'spinup:{audit}:head',
  auditEntries: 'spinup:{audit}:entries',
  auditOpen: 'spinup:{audit}:open',
  checkUp: (id: string): string => `spinup:doctor:{${id}}`,
  boots: (tenant: string, provider: string): string => `spinup:boots:{${tenant}}:${provider}`,
  vault: 'spinup:vault',
  consolePeople: 'spinup:console-people',
  connectLink: (hash: string): string => `spinup:connect:link:${hash}`,
  connectSession: (hash: string): string => `spinup:connect:session:${hash}`,
  /** API tokens of a tenant by name, when they were used, whose each hash is, and what is made when a link is opened. */
  tokens: (tenant: string): string => `spinup:tokens:{${tenant}}`,
  tokensUsed: (tenant: string): string => `spinup:tokens:{${tenant}}:used`,
  tokenHashes: 'spinup:tokens',
  tokenLink: (hash: string): string => `spinup:tokens:link:${hash}`,
  firstAnswer: (hash: string): string => `spinup:answers:${hash}`,
  renewal: (accountId: string): string => `spinup:account:{${accountId}}:renewal`,
  requests: (accountId: string): string => `spinup:account:{${accountId}}:requests`,
  shown: (destination: string): string => `spinup:shown:{${destination}}`,
  home: (platform: string): string => `spinup:home:${platform}`,
  longAction: (platform: string, id: string): string => `spinup:action:${platform}:${id}`,
  promises: (platform: string): string => `spinup:promises:${platform}`,
  seenEvents: (platform: string, id: string): string => `spinup:seenEvents:${platform}:${id}`,
  /** Tenants that have channels which get something; '' is the installation's own team. */
  subscribers: 'spinup:told',
  subscriptions: (tenant: string): string => `spinup:told:{${tenant}}:channels`,
  channelShows: (tenant: string): string => `spinup:told:{${tenant}}:shows`,
  held: (destination: string): string => `spinup:told:{${destination}}:held`,
  heldSince: (destination: string): string => `spinup:told:{${destination}}:since`,
  placed: (destination: string): string => `spinup:told:{${destination}}:placed`,
  digest: (destination: string, digestId: string): string => `spinup:told:{${destination}}:${digestId}`,
  digestsDue: (destination: string): string => `spinup:told:{${destination}}:due`,
  refused: 'spinup:told:refused',
  outboxDestinations: 'spinup:outbox',
  outboxCards: (destination: string): string => `spinup:outbox:{${destination}}:cards`,
  outboxPending: (destination: string): string => `spinup:outbox:{${destination}}:pending`,
  outboxFloor: (destination: string): string => `spinup:outbox:{${destination}}:floor`,
  outboxRest: (destination: string): string => `spinup:outbox:{${destination}}:rest`,
  outboxAside: (destination: string): string => `spinup:outbox:{${destination}}:aside`,
  outboxLock: (destination: string): string => `spinup:outbox:{${destination}}:lock`,
}
