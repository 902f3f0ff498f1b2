import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** What was seen allows a call for so long from when the look began, ms; no other bot takes work over as soon. */
const GOOD_FOR_MS = 1000

/** How axios sends a request, as its own `transport`. */
export interface Transport {
  request(options: http.RequestOptions, answered: (response: http.IncomingMessage) => void): http.ClientRequest
}

/**
 * Sends a request while the look before it is fresh, or not at all: a bot that was stopped meanwhile may wake when another
 * has gone on. Checked right before the first byte leaves, also where a connection had to be made first. `lookedAt`: when
 * the look began, by `performance.now()`.
 */
export function transportInTime(lookedAt: number): Transport {
  return {
    request(options, answered) {
      const { request } = options.protocol === 'https:' ? https : http
      const sending = request(options, answered)
      const check = (): void => {
        if (performance.now() - lookedAt > GOOD_FOR_MS) sending.destroy(new Error('too late to be sent'))
      }
      sending.once('socket', (socket) => {
        const event = pending(socket)
        if (event === null) return check()
        socket.cork()
        socket.once(event, () => {
          check()
          socket.uncork()
        })
      })
      return sending
    },
  }
}

/** What a socket says once it is ready to send; null: it is. */
function pending(socket: Socket): 'connect' | 'secureConnect' | null {
  if (socket instanceof TLSSocket)
    return (socket as TLSSocket & { secureConnecting?: boolean }).secureConnecting === true ? 'secureConnect' : null
  return socket.connecting ? 'connect' : null
}
