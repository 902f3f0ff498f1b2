import { connect, type Socket } from 'node:net'

/** A connection to a server's port that says nothing by itself. */
export function open(url: string, text: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(text)
  return socket
}

/** All that comes back for these bytes until the other side closes, or is silent for `silentMs`. */
export function exchange(url: string, text: string, silentMs = 5000): Promise<string> {
  return new Promise((resolve) => {
    const socket = open(url, text)
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => (answer += chunk))
    socket.setTimeout(silentMs, () => socket.destroy())
    socket.once('close', () => resolve(answer))
  })
}

/** The status of an HTTP answer; 0: there was none in half a minute. */
export async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000), ...init })
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

/** Whether each of so many answers, one after another, comes within `ms`. */
export async function answersWithin(ms: number, ask: () => Promise<boolean>, times = 5): Promise<boolean> {
  for (let index = 0; index < times; index++) {
    const begun = performance.now()
    if (!(await ask()) || performance.now() - begun > ms) return false
  }
  return true
}
