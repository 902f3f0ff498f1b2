import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { createTeamSettings } from '../store/subscriptions.ts'
import type { Chat } from '../chat/chat.ts'
import { CONSOLE_CHANNEL } from '../chat/console/chat.ts'
import type { ChatEntry } from '../chat/entry.ts'
import { absentChats } from '../chats.ts'
import type { Config } from '../config/read-config.ts'
import { openDoctor } from '../doctor/open.ts'
import { judgeReach } from '../core/model/reach.ts'
import { createPlatforms } from '../core/model/platforms.ts'
import { createAudit } from '../engine/audit/audit.ts'
import { createCalendar } from '../engine/loop/calendar.ts'
import { openNotices } from '../notify/complaints.ts'
import { createOperationQueue } from '../engine/operations/jobs.ts'
import type { Services } from '../engine/services.ts'
import { createBalancerWatch } from '../engine/loop/balancer-watch.ts'
import { createReplayer } from '../engine/reports/replayer.ts'
import { createBootRecord } from '../store/boots.ts'
import { createOutbox } from '../store/outbox.ts'
import { createVisualStore } from '../store/visual-store.ts'
import { VERSION } from '../places.ts'
import type { Closing } from './closing.ts'
import type { Cloud } from './cloud.ts'
import type { Stores } from './stores.ts'

/** Everything the engine works with, and what is said of cards that cannot be delivered. */
export async function openServices(
  config: Config,
  stores: Stores,
  { clouds, access, accounts, adapters }: Cloud,
  { chats, entries }: { readonly chats: readonly Chat[]; readonly entries: readonly ChatEntry[] },
  publicUrl: string,
  log: Logger,
  closing: Closing,
): Promise<Pick<ReturnType<typeof openNotices>, 'complaints'> & { readonly services: Services }> {
  const { redis, clock, store, series, charts, texts, visuals, identities, auditLog, vault, sessions, tokens } = stores
  const { provider, balancer, timing } = adapters
  const queue = createOperationQueue(stores.queueRedis)
  closing.add(() => queue.close())
  const replayer = createReplayer()
  closing.add(replayer.close)
  const outbox = createOutbox(redis)
  const always = [`console:${CONSOLE_CHANNEL}`]
  const { notices, complaints } = openNotices({
    redis,
    outbox,
    always,
    consoleUrl: config.publicUrl,
    now: clock.now,
    log,
  })
  const doctor = openDoctor({
    redis,
    warnings: config.warnings,
    clouds,
    access,
    address: { url: publicUrl, prove: stores.prove },
    agents: identities.ledger.about,
    chats,
    absent: absentChats(config, entries),
    clock,
    log,
  })
  closing.add(doctor.stop)
  const services: Services = {
    provider,
    balancer,
    front: adapters.front,
    timing,
    store,
    team: createTeamSettings(redis),
    outbox,
    series,
    charts,
    texts,
    visuals,
    ownVisuals: createVisualStore(redis),
    identities,
    tokens,
    agents: { version: VERSION, about: identities.ledger.about },
    arrivals: stores.arrivals,
    memberKey: stores.memberKey,
    queue,
    audit: createAudit({ log: auditLog, now: clock.now, logger: log }),
    auditLog,
    doctor,
    notices,
    platforms: createPlatforms(entries),
    publicUrl,
    reach: () => judgeReach(publicUrl, null, { addresses: null, here: clouds.areHere }),
    consoleUrl: config.publicUrl,
    createLink: async (order) => `${publicUrl}/connect?link=${await sessions.createLink(order)}`,
    forgetSecrets: async ({ account, balancerSettings }) => {
      if (balancerSettings?.entry !== undefined) await vault.forget(balancerSettings.entry)
      return account === null ? null : accounts.forget(account)
    },
    installLine: (key) => `curl -fsSL '${publicUrl}/install.sh?key=${key}' | sudo sh`,
    uninstallLine: `curl -fsSL '${publicUrl}/install.sh' | sudo sh -s -- --uninstall`,
    calendar: createCalendar(),
    balancerWatch: createBalancerWatch(),
    replayer,
    looks: new Map(),
    boots: createBootRecord(redis),
    now: clock.now,
    elapsed: () => performance.now(),
    clockTrouble: clock.trouble,
    newId: () => randomBytes(8).toString('hex'),
    log,
  }
  return { services, complaints }
}
