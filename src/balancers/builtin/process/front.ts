import { createServer, type Server } from 'node:http'
import { carry, type Services } from './exchange.ts'
import { framingOf } from './headers.ts'
import { carryUpgrade } from './upgrade.ts'

/**
 * The server visitors talk to. Node's own parser reads every request and refuses what is malformed or ambiguous (both
 * lengths, no host, oversized or slow headers) before any of this is reached.
 */
export function createFront(services: Services): Server {
  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      headersTimeout: 20_000,
      requestTimeout: 300_000,
      connectionsCheckingInterval: 5000,
      // Only WebSockets are tunnelled: an `h2c` upgrade would carry requests past every check made here.
      shouldUpgradeCallback: (request) =>
        request.method === 'GET' &&
        /^websocket$/i.test(request.headers.upgrade ?? '') &&
        // Its handshake is sent on without a body, so one that has a body is a plain request.
        framingOf(request) === 'none',
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
    },
    (request, response) => carry(services, request, response, false),
  )
  server.on('checkContinue', (request, response) => carry(services, request, response, true))
  server.on('upgrade', (request, socket, head) => carryUpgrade(services, request, socket, head))
  return server
}
