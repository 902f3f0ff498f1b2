import { portOf } from './one-address.ts'
import { choosePorts, isFree, LAST_PORT } from './ports.ts'

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
