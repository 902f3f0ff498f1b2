import { Agent, request as httpRequest } from 'node:http'

/** How a visit ended: `answered` once the last byte was in, `failed` with the reason in a word or two. */
export type Outcome = { readonly kind: 'answered' } | { readonly kind: 'failed'; readonly why: string }

/** Makes visits to one site. */
export interface Visitors {
  /** Asks for `path`; gives up `patienceMs` from now. Called back once. */
  visit(path: string, patienceMs: number, done: (outcome: Outcome) => void): void
  close(): void
}

/** Visitors over at most `connections` kept connections; a visit waits for a free one, and its patience runs. */
export function createVisitors(origin: URL, connections: number): Visitors {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections, timeout: 30_000 })
  let closed = false

  const ask = (path: string, signal: AbortSignal, first: boolean, done: (outcome: Outcome) => void) => {
    const call = httpRequest(new URL(path, origin), {
      agent,
      signal,
      headers: { accept: 'text/html', 'user-agent': 'spinup-demo-visitor' },
    })
    let began = false
    call.on('response', (answer) => {
      began = true
      const status = answer.statusCode ?? 0
      answer.on('error', () => undefined)
      answer.resume().once('close', () => {
        if (!answer.complete) done({ kind: 'failed', why: signal.aborted ? 'timeout' : 'cut off' })
        else if (status >= 500) done({ kind: 'failed', why: `status ${status}` })
        else done({ kind: 'answered' })
      })
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      // The end of the answer tells.
      if (began) return
      // A browser asks again when a kept connection turns out to be closed.
      if (first && call.reusedSocket && error.code === 'ECONNRESET' && !closed) ask(path, signal, false, done)
      else done({ kind: 'failed', why: signal.aborted ? 'timeout' : (error.code ?? error.message) })
    })
    call.end()
  }

  return {
    visit(path, patienceMs, done) {
      const patience = new AbortController()
      const timer = setTimeout(() => patience.abort(), patienceMs)
      ask(path, patience.signal, true, (outcome) => {
        clearTimeout(timer)
        if (!closed) done(outcome)
      })
    },
    close() {
      closed = true
      agent.destroy()
    },
  }
}
