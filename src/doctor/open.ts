import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AccessTo } from '../accounts/access.ts'
import { accountCheck } from '../accounts/check-up.ts'
import { clockOf, type Clouds } from '../accounts/clouds.ts'
import type { Chat } from '../chat/chat.ts'
import { installationChecks } from '../engine/doctor/checks/installation.ts'
import { createDoctor } from '../engine/doctor/doctor.ts'
import type { Doctor } from '../engine/services.ts'
import { createCheckUps } from '../store/check-ups.ts'
import type { Clock } from '../store/clock.ts'
import { readStoreHealth } from '../store/health.ts'

/** The doctor with everything this bot depends on in its bag. */
export function openDoctor(options: {
  readonly redis: Redis
  readonly clouds: Clouds
  readonly access: AccessTo
  readonly publicUrl: string
  readonly chats: readonly Chat[]
  /** The platforms that are not set up. */
  readonly absent: readonly { readonly name: string; readonly variable: string }[]
  readonly clock: Pick<Clock, 'trouble'>
  readonly log: Logger
}): Doctor {
  const { redis, clouds, access, publicUrl, chats, absent, clock, log } = options
  return createDoctor({
    checkUps: createCheckUps(redis),
    log,
    checks: installationChecks({
      health: () => readStoreHealth(redis),
      publicUrl,
      chats,
      absent,
      account({ cloud, id }) {
        const at = clouds.named(cloud)
        return accountCheck(at, access(at.entry, id), id === at.entry.environmentAccount)
      },
      ownAccounts: clouds.all.flatMap(({ entry, ready }) =>
        ready.token === null ? [] : [{ cloud: entry.name, id: entry.environmentAccount }],
      ),
      clock: (cloud) => clockOf(clouds.named(cloud)),
      now: Date.now,
      clockTrouble: clock.trouble,
    }),
  })
}
