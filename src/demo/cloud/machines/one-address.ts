import { Socket, type SocketConnectOpts } from 'node:net'

/**
 * Connections to 127.77.x.y go to 127.0.0.1, at a port of that droplet's own. Each droplet of a real account has an
 * address of its own and the same port; macOS has one loopback address, and an app that listens on all addresses would
 * keep the next droplet's from starting. Preloaded (`--import`) into whatever speaks to droplets.
 */
const DROPLET = /^127\.77\.(\d{1,3})\.(\d{1,3})$/

/** The port of 127.0.0.1 that `port` of a droplet's address leads to; null: that is no droplet's address. */
export function portOf(host: string, port: number): number | null {
  const [, high, low] = DROPLET.exec(host) ?? []
  return high === undefined || low === undefined ? null : port + Number(high) * 256 + Number(low)
}

function led(options: SocketConnectOpts): SocketConnectOpts {
  if (!('port' in options)) return options
  // `fetch` gives it as text.
  const port = portOf(options.host ?? '', Number(options.port))
  return port === null ? options : { ...options, host: '127.0.0.1', port }
}

const connect = Socket.prototype.connect as (this: Socket, ...rest: unknown[]) => Socket
const LED = Symbol.for('spinup.oneAddress')

// Once in a process, however often this file is loaded.
if (!(LED in Socket.prototype)) {
  Object.assign(Socket.prototype, {
    [LED]: true,
    connect(this: Socket, first: unknown, ...rest: unknown[]): Socket {
      // `net.connect` hands over one array of what it was given, marked by a symbol that has to stay.
      if (Array.isArray(first)) first[0] = led(first[0] as SocketConnectOpts)
      else if (typeof first === 'object' && first !== null) first = led(first as SocketConnectOpts)
      return connect.call(this, first, ...rest)
    },
  })
}
