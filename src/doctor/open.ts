import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { ENVIRONMENT_ACCOUNT } from '../accounts/accounts.ts'
import { accountCheck } from '../accounts/check-up.ts'
import type { Edges } from '../accounts/edges.ts'
import type { Chat } from '../chat/chat.ts'
import type { Config } from '../config/config.ts'
import { installationChecks } from '../engine/doctor/checks/installation.ts'
import { createDoctor } from '../engine/doctor/doctor.ts'
import type { Doctor } from '../engine/services.ts'
import { createCheckUps } from '../store/check-ups.ts'
import type { Clock } from '../store/clock.ts'
import { readStoreHealth } from '../store/health.ts'

/** The doctor with everything this bot depends on in its bag. */
export function openDoctor(options: {
  readonly config: Config
  readonly redis: Redis
  readonly edges: Edges
  readonly publicUrl: string
  readonly chats: readonly Chat[]
  /** The platforms that are not set up. */
  readonly absent: readonly { readonly name: string; readonly variable: string }[]
  readonly clock: Pick<Clock, 'trouble'>
  readonly log: Logger
}): Doctor {
  const { config, redis, edges, publicUrl, chats, absent, clock, log } = options
  const { apiUrl, oauthUrl, token } = config.digitalocean
  return createDoctor({
    checkUps: createCheckUps(redis),
    log,
    checks: installationChecks({
      health: () => readStoreHealth(redis),
      publicUrl,
      chats,
      absent,
      account: (id) => accountCheck(edges(id), oauthUrl, id === ENVIRONMENT_ACCOUNT),
      ownAccount: token === null ? null : ENVIRONMENT_ACCOUNT,
      clock: { name: 'DigitalOcean', url: `${apiUrl}/account` },
      now: Date.now,
      clockTrouble: clock.trouble,
    }),
  })
}
