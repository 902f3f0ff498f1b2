import { createPoolStore } from '../store/pool-store.ts'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { createHeldCards } from '../store/held.ts'
import type { Outbox } from '../store/outbox.ts'
import { createRefusals } from '../store/refusals.ts'
import { createSubscriptions } from '../store/subscriptions.ts'
import type { Complaints } from './delivery/queue.ts'
import { createComplaints } from './complaints.ts'
import { createNotices, type Notices } from './notices.ts'

/** The notices on Redis, and what the delivery reports of its failures. `always`: destinations that get everything. */
export function openNotices(options: {
  readonly redis: Redis
  readonly outbox: Outbox
  readonly always: readonly string[]
  readonly now: () => number
  readonly log: Logger
}): { readonly notices: Notices; readonly complaints: Complaints } {
  const { redis, outbox, always, now, log } = options
  const notices = createNotices({
    outbox,
    subscriptions: createSubscriptions(redis),
    held: createHeldCards(redis),
    always,
    whose: createPoolStore(redis).whose,
  })
  return { notices, complaints: createComplaints({ notices, refusals: createRefusals(redis), now, log }) }
}
