import { Agent, request, type ClientRequest } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that were made, and what came of those that failed. */
export interface Tally {
  sent: number
  answered: number
  /** Asked again, once, because the connection was closed while it lay idle; see `startVisitors`. */
  resent: number
  /** How often, by what went wrong. */
  readonly failures: Map<string, number>
}

const DEADLINE_MS = 15_000
/** Of this many requests one comes on a connection of its own. */
const FRESH_EVERY = 5
/** Of this many requests one asks for the page that takes its time. */
const SLOW_EVERY = 50

/**
 * Sends `perSecond` requests a second to `url`, whether or not earlier ones were answered, as long as fewer than
 * `mostOpen` wait: four of five on connections that are kept open, one on its own. An answer other than 200 with a body fails, as does none within 15 s. As browsers
 * do (RFC 9110, 9.2.2), a GET is sent once more when a connection that was used before closes without answering it; on
 * a new connection nothing is sent again. `stop` resolves when every answer is in.
 */
export function startVisitors(
  url: string,
  perSecond: number,
  mostOpen = Infinity,
): { readonly tally: Tally; readonly stop: () => Promise<void> } {
  const { hostname, port } = new URL(url)
  const kept = new Agent({ keepAlive: true, maxSockets: 64 })
  const tally: Tally = { sent: 0, answered: 0, resent: 0, failures: new Map() }
  const open = new Set<Promise<void>>()
  // `reusedSocket` leaves out sockets that went straight from one request to the next.
  const used = new WeakSet<Socket>()

  const ask = (path: string, agent: Agent | false): Promise<number | 'idleClosed'> =>
    new Promise((resolve, reject) => {
      let reused = false
      const call: ClientRequest = request(
        { hostname, port, path, agent, signal: AbortSignal.timeout(DEADLINE_MS) },
        (response) => {
          let bytes = 0
          response.on('data', (chunk: Buffer) => (bytes += chunk.length))
          response.on('error', reject)
          response.on('end', () =>
            bytes > 0 ? resolve(response.statusCode ?? 0) : reject(new Error('an answer without a body')),
          )
        },
      )
      call.on('socket', (socket) => {
        reused = used.has(socket)
        used.add(socket)
      })
      call.on('error', (error: NodeJS.ErrnoException) => {
        // A body that breaks off ends in the error of the response, not here.
        if (reused && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) resolve('idleClosed')
        else reject(error)
      })
      call.end()
    })
  const visit = async (): Promise<void> => {
    tally.sent += 1
    const path = tally.sent % SLOW_EVERY === 0 ? '/slow' : '/'
    try {
      let status = await ask(path, tally.sent % FRESH_EVERY === 0 ? false : kept)
      if (status === 'idleClosed') {
        tally.resent += 1
        status = await ask(path, false)
      }
      if (status === 200) tally.answered += 1
      else fail(tally, `status ${status}`)
    } catch (error) {
      fail(tally, error instanceof Error ? error.message : String(error))
    }
  }

  const start = performance.now()
  const timer = setInterval(() => {
    // By the clock: a late timer makes up for what it missed.
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond)
    while (tally.sent < due && open.size < mostOpen) {
      const one = visit()
      open.add(one)
      void one.finally(() => open.delete(one))
    }
  }, 5)
  return {
    tally,
    async stop() {
      clearInterval(timer)
      await Promise.all(open)
      kept.destroy()
    },
  }
}

function fail(tally: Tally, what: string): void {
  tally.failures.set(what, (tally.failures.get(what) ?? 0) + 1)
}

export function failed(tally: Tally): number {
  return [...tally.failures.values()].reduce((sum, count) => sum + count, 0)
}
