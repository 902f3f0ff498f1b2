import type { Logger } from 'pino'
import { createClosing } from './app/closing.ts'
import { openCloud } from './app/cloud.ts'
import { watchInstallation } from './app/installation.ts'
import { openPages } from './app/pages.ts'
import { openServices } from './app/services.ts'
import { openStores } from './app/stores.ts'
import { createHandlers } from './commands/dispatch/handlers.ts'
import { createConsoleChat } from './chat/console/chat.ts'
import type { ChatEntry } from './chat/entry.ts'
import { openChats, startChats } from './chats.ts'
import type { Config } from './config/read-config.ts'
import { createCommandService } from './command-service.ts'
import { claimForAll } from './engine/connect/claims.ts'
import { startEngine } from './engine/engine.ts'
import { CHATS } from './registry/registry.ts'
import { createConsoleLog } from './store/console-log.ts'
import { createChatRoutes } from './web/chat-routes.ts'
import { openFront } from './web/front.ts'
import type { PageExtension } from './web/page.ts'

/** A running bot. */
export interface Bot {
  /** Where the console is. */
  readonly url: string
  /** Where visitors reach the built-in balancer. */
  readonly balancerUrl: string | null
  /** How many pools of the installation's own team there were at the start. */
  readonly pools: number
  /** Ends this bot alone: droplets live on and the balancer goes on serving, to be taken over by the next start. */
  stop(): Promise<void>
}

const TICK_MS = 1000

/**
 * Wires everything together, each phase from what those before it gave. Throws `SpinupError` with a message that says what
 * to do; nothing is left running then. `entries`: the chat platforms there are, as `config` was read with; `extension`: what
 * the page has beside the console.
 */
export async function startBot(
  config: Config,
  log: Logger,
  entries: readonly ChatEntry[] = CHATS,
  extension: PageExtension | null = null,
): Promise<Bot> {
  const closing = createClosing(log)
  try {
    const stores = await openStores(config, log, closing)
    const { redis, clock, pictures, vault } = stores
    const { host, port, publicUrl: address, consolePassword } = config
    const front = await openFront({ host, port, guarded: consolePassword !== null, publicUrl: address })
    closing.add(front.close)
    const publicUrl = config.publicUrl ?? front.url
    const cloud = await openCloud(config, stores, publicUrl, log, closing)

    const chatRoutes = createChatRoutes(entries.map(({ name }) => name))
    const consoleChat = createConsoleChat({
      log: createConsoleLog(redis, { linkKey: Buffer.from(stores.keyFor('console links'), 'hex') }),
      logger: log,
      protected: config.consolePassword !== null,
    })
    const around = { redis, charts: pictures, vault, chatRoutes, publicUrl, now: clock.now, log }
    const chats = await openChats(config, entries, around)

    const { services, complaints } = await openServices(
      config,
      stores,
      cloud,
      { chats, entries },
      publicUrl,
      log,
      closing,
    )
    await claimForAll(services)
    const engine = startEngine({
      services,
      queueRedis: stores.queueRedis,
      chats: [consoleChat, ...chats],
      complaints,
      tickMs: TICK_MS,
      reconcileMs: config.reconcileMs,
      jobTiming: { lockMs: config.takeoverMs, stalledEveryMs: Math.max(500, config.takeoverMs / 2) },
    })
    closing.add(engine.stop)

    const commands = createCommandService(services, engine)
    const handlers = createHandlers(commands)
    await consoleChat.start(handlers)
    closing.add(() => consoleChat.stop())
    closing.add(startChats(chats, handlers, { hearing: complaints.hearing, log }).stop)
    const served = { front, stores, cloud, services, engine, commands, consoleChat, chatRoutes, extension }
    await openPages(config, { ...served, log, closing })

    await watchInstallation({ redis, dataDir: config.dataDir, services, cloud, log, closing })

    const { balancerUrl } = cloud.adapters
    log.info({ console: front.url, balancer: balancerUrl }, 'Spinup is up')
    const pools = (await stores.store.of(null)).length
    return { url: front.url, balancerUrl, pools, stop: closing.close }
  } catch (error) {
    await closing.close()
    throw error
  }
}
