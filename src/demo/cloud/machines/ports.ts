import { createServer } from 'node:net'
import { SpinupError } from '../../../core/model/error.ts'

/**
 * Below the range systems hand out for outgoing connections: a droplet keeps its ports while it is off, and nobody must
 * be given them by chance then.
 */
const FIRST = 20_000
export const LAST_PORT = 31_999
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
