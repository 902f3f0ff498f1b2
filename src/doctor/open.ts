import { networkInterfaces } from 'node:os'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { AccessTo } from '../accounts/access.ts'
import { accountCheck } from '../accounts/check-up.ts'
import { clockOf, type Clouds } from '../accounts/clouds.ts'
import type { AgentAbout } from '../core/model/agent-about.ts'
import type { Chat } from '../chat/chat.ts'
import type { PublicAddress } from '../engine/doctor/checks/address.ts'
import { installationChecks } from '../engine/doctor/checks/installation.ts'
import { createDoctor } from '../engine/doctor/doctor.ts'
import type { Agents, Doctor } from '../engine/services.ts'
import { createCheckUps } from '../store/check-ups.ts'
import type { Clock } from '../store/clock.ts'
import { readStoreHealth } from '../store/health.ts'

/** What was reported longer ago proves nothing of now. */
const REPORTING_MS = 2 * 60_000

/** The doctor with everything this bot depends on in its bag. */
export function openDoctor(options: {
  readonly redis: Redis
  readonly clouds: Clouds
  readonly access: AccessTo
  readonly warnings: readonly string[]
  readonly address: PublicAddress
  readonly agents: Agents['about']
  readonly chats: readonly Chat[]
  /** The platforms that are not set up. */
  readonly absent: readonly { readonly name: string; readonly variable: string }[]
  readonly clock: Pick<Clock, 'trouble'>
  readonly log: Logger
}): Doctor {
  const { host } = new URL(options.address.url)
  const { redis, warnings, clouds, access, address, agents, chats, absent, clock, log } = options
  return createDoctor({
    checkUps: createCheckUps(redis),
    log,
    checks: installationChecks({
      health: () => readStoreHealth(redis),
      warnings,
      address,
      ownAddresses: () =>
        Object.values(networkInterfaces()).flatMap((all) =>
          (all ?? []).flatMap((one) => (one.internal ? [] : [one.address])),
        ),
      reporting: async ({ pool, members }) => {
        const about = await agents(
          pool.id,
          members.map(({ id }) => id),
        )
        // Those of before the address was another one say nothing of this one.
        const here = ({ reportedAgoMs, via }: AgentAbout): boolean => reportedAgoMs < REPORTING_MS && via === host
        return [...about.values()].filter(here).length
      },
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
