import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { EdgeOptions } from '../providers/digitalocean/edge.ts'
import { DIGITALOCEAN_LIMITS } from '../providers/digitalocean/rate-limit.ts'
import type { Clock } from '../store/clock.ts'
import { keys } from '../store/keys.ts'
import { createSharedRateLimit } from '../store/rate-limit.ts'
import type { Accounts } from './accounts.ts'

/** How an account is spoken to; every bot on this Redis keeps to one limit of requests. */
export type Edges = (accountId: string) => EdgeOptions

export function createEdges(options: {
  readonly accounts: Pick<Accounts, 'token'>
  readonly redis: Redis
  readonly apiUrl: string
  readonly clock: Pick<Clock, 'now' | 'steps'>
  readonly log: Logger
  /** Aborted when the bot stops. */
  readonly signal: AbortSignal
}): Edges {
  const { accounts, redis, clock, ...rest } = options
  return (accountId) => ({
    ...rest,
    now: clock.now,
    elapsed: () => performance.now(),
    token: () => accounts.token(accountId),
    limiter: createSharedRateLimit(redis, {
      key: keys.requests(accountId),
      windows: DIGITALOCEAN_LIMITS,
      // Less all steps: a clock that is set keeps nobody waiting for longer.
      now: () => clock.now() - clock.steps(),
    }),
  })
}
