import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { createChooser, createQueue, frontState, type Totals } from './queue.ts'
import { isTrustedProxy, parseTrustedProxies } from '../../../core/model/address.ts'
import type { Config } from './config.ts'
import { createControl } from './control.ts'
import type { Services } from './exchange.ts'
import { createFront } from './front.ts'
import { createHealth, HEALTH_LIMITS, type HealthLimits } from './health.ts'
import { createLinks } from './links.ts'
import { createMembers } from './members.ts'
import { createWindow } from './window.ts'

/** How long requests under way are waited for at the end. */
const FINISH_MS = 5000

/** A member that takes no connection for so long is passed over, ms. */
const CONNECT_MS = 3000

const now = () => performance.now()

/** A serving balancer: where, and a way to end it gently. */
export interface Serving {
  readonly port: number
  readonly controlPort: number
  /** Takes no more connections; resolves when what is under way is done, after 5 s at most. */
  stop(): Promise<void>
}

/** Puts the data plane and the control plane together and listens. Rejects with the system's error (`EADDRINUSE` …). */
export async function serve(options: {
  readonly config: Config
  readonly membersFile: string
  readonly health: (ports: { readonly port: number; readonly controlPort: number }) => object
  readonly onStop: () => void
  readonly limits?: Partial<HealthLimits>
  /** How long a request waits for a member to be available, ms; 5 s unless given. */
  readonly waitMs?: number
  /** How long a visitor may take nothing of what waits for it, ms; a minute unless given. */
  readonly unreadMs?: number
  readonly log: Logger
}): Promise<Serving> {
  const { config, log } = options
  const proxies = config.proxies === null ? null : parseTrustedProxies(config.proxies)
  const members = await createMembers({ file: options.membersFile, now })
  const queue = createQueue({ now, limit: 1000 })
  const totals: Totals = { window: createWindow(now), failed: 0 }
  const health = createHealth({
    members,
    path: config.healthPath,
    limits: { ...HEALTH_LIMITS, ...options.limits },
    now,
    wake: () => queue.wake(),
    log,
  })
  const links = createLinks({ now, connectMs: CONNECT_MS })
  const services: Services = {
    members,
    chooser: createChooser(now),
    queue,
    health,
    totals,
    now,
    links,
    isProxy: proxies === null ? () => false : (address) => isTrustedProxy(proxies, address, 0),
    waitMs: options.waitMs ?? 5000,
    connectMs: CONNECT_MS,
    unreadMs: options.unreadMs ?? 60_000,
  }
  const front = createFront(services)
  const ports = { port: 0, controlPort: 0 }
  const control = createControl({
    key: config.key,
    members,
    front: () => frontState(totals, members.everyone(), queue),
    health: () => options.health(ports),
    stop: options.onStop,
    refuses: (hostname, port) =>
      port === ports.port && (hostname === config.host || hostname === 'localhost' || hostname.startsWith('127.'))
        ? 'that is this balancer itself'
        : null,
  })
  try {
    ports.port = await listen(front, config.port, config.host)
    // Loopback only: the one who holds the key decides where the site's visitors go.
    ports.controlPort = await listen(control, config.controlPort, '127.0.0.1')
  } catch (error) {
    front.close()
    health.stop()
    throw error
  }

  return {
    ...ports,
    async stop() {
      control.close()
      const closed = once(front, 'close')
      front.close()
      const idle = setInterval(() => front.closeIdleConnections(), 100)
      const limit = setTimeout(() => front.closeAllConnections(), FINISH_MS)
      await Promise.race([closed, once(AbortSignal.timeout(FINISH_MS + 500), 'abort')])
      clearInterval(idle)
      clearTimeout(limit)
      health.stop()
      control.closeAllConnections()
      links.close()
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen({ port, host, backlog: 4096 })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
