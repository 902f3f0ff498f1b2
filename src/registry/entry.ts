import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Edges } from '../accounts/edges.ts'
import type { Balancer, MemberRecord } from '../balancers/balancer.ts'
import type { Config } from '../config/config.ts'
import type { LeastBill } from '../core/model/billing.ts'
import type { Member } from '../core/model/member.ts'
import type { Pool } from '../core/model/pool.ts'
import type { Timing } from '../core/operation/timing.ts'
import type { Provider } from '../providers/provider.ts'
import type { Clock } from '../store/clock.ts'
import type { Vault } from '../store/vault.ts'

/** What an adapter may need to come up. */
export interface Surroundings {
  readonly config: Config
  readonly secret: string
  readonly redis: Redis
  readonly vault: Vault
  readonly edges: Edges
  readonly clock: Pick<Clock, 'now' | 'steps'>
  readonly log: Logger
}

/** What a balancer may need to know of the pool it stands before. */
export interface PoolSurroundings {
  readonly members: () => Promise<readonly Member[]>
  readonly record: MemberRecord
  /** Ms of a clock that nobody sets, the same at all bots: what the record's times are by. */
  readonly elapsed: () => number
  /** Whether a member answers its health path. */
  readonly isHealthy: (url: string) => Promise<boolean>
}

export interface ReadyProvider {
  /** How patient operations on this provider are. */
  readonly timing: Timing
  /** What it bills for a droplet at the least. */
  readonly leastBill?: LeastBill
  /** How long a droplet usually takes from its order until it serves, ms; absent: not known. */
  readonly usualBootMs?: number
  readonly open: (pool: Pool) => Promise<Provider>
}

export interface ReadyBalancer {
  /** A line for people who choose. */
  readonly about: string
  readonly open: (pool: Pool, around: PoolSurroundings) => Promise<Balancer>
  /** Where visitors reach it, if Spinup runs it itself. */
  readonly url: string | null
  /** Called when the bot stops; a balancer goes on serving. */
  readonly release: () => void
}

export interface ProviderEntry {
  readonly name: string
  readonly offered: (config: Config) => boolean
  readonly start: (surroundings: Surroundings) => Promise<ReadyProvider>
}

export interface BalancerEntry {
  readonly name: string
  readonly start: (surroundings: Surroundings) => Promise<ReadyBalancer>
}
