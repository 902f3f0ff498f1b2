import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Access, CloudEntry } from '../providers/cloud.ts'
import type { Clock } from '../store/clock.ts'
import { keys } from '../store/keys.ts'
import { createSharedRateLimit } from '../store/rate-limit.ts'
import type { Accounts } from './accounts.ts'

/** How an account of a cloud is spoken to; every bot on this Redis keeps to one limit of requests. */
export type AccessTo = (cloud: Pick<CloudEntry, 'limits'>, accountId: string) => Access

export function createAccess(options: {
  readonly accounts: Pick<Accounts, 'token'>
  readonly redis: Redis
  readonly clock: Pick<Clock, 'now' | 'steps'>
  readonly log: Logger
  /** Aborted when the bot stops. */
  readonly signal: AbortSignal
}): AccessTo {
  const { accounts, redis, clock, log, signal } = options
  return ({ limits }, accountId) => ({
    log,
    signal,
    now: clock.now,
    elapsed: () => performance.now(),
    token: () => accounts.token(accountId),
    limiter: createSharedRateLimit(redis, {
      key: keys.requests(accountId),
      windows: limits,
      // Less all steps: a clock that is set keeps nobody waiting for longer.
      now: () => clock.now() - clock.steps(),
    }),
  })
}
