import { createServer } from 'node:net'
import { portOf } from './one-address.ts'
import { SpinupError } from '../../../core/model/error.ts'

/** Where a droplet answers, and where its app really listens. */
export interface Place {
  readonly ip: string
  /** The same for every droplet of an account. */
  readonly port: number
  readonly host: string
  readonly listensAt: number
}

export interface Addresses {
  /** An address that no other droplet has. */
  next(): Promise<Place>
  /** Ports that addresses lead to, those to come included. */
  readonly taken: (port: number) => boolean
}

/** So many droplets there may be in the life of one account. */
const MOST = 1000

/**
 * Gives out addresses of 127.77.0.0/16 whose connections `one-address.ts` leads to ports of 127.0.0.1. `own`: real ones of
 * 127.78.0.0/16, for what is not of Node; only Linux has them.
 */
export async function createAddresses(own: boolean): Promise<Addresses> {
  const [port = 0] = await choosePorts(1, (one) => one > LAST_PORT - MOST)
  let last = 0
  return {
    taken: (one) => one >= port && one <= port + MOST,
    async next() {
      for (;;) {
        last += 1
        const ip = `127.${own ? 78 : 77}.${last >> 8}.${last & 255}`
        if (own) return { ip, port, host: ip, listensAt: port }
        const listensAt = portOf(ip, port) ?? port
        if (await isFree(listensAt)) return { ip, port, host: '127.0.0.1', listensAt }
      }
    },
  }
}

/**
 * Below the range systems hand out for outgoing connections: a droplet keeps its ports while it is off, and nobody must
 * be given them by chance then.
 */
const FIRST = 20_000
const LAST_PORT = 31_999
const ATTEMPTS = 200

/** `count` ports of 127.0.0.1 that are free now and not `taken`. */
export async function choosePorts(count: number, taken: (port: number) => boolean): Promise<readonly number[]> {
  const chosen = new Set<number>()
  for (let attempt = 0; attempt < ATTEMPTS && chosen.size < count; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST_PORT - FIRST + 1))
    if (!taken(port) && !chosen.has(port) && (await isFree(port))) chosen.add(port)
  }
  if (chosen.size < count) {
    throw new SpinupError(
      'unavailable',
      `No free ports between ${FIRST} and ${LAST_PORT}; stop some programs and try again.`,
    )
  }
  return [...chosen]
}

/** Whether nobody listens on that port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
