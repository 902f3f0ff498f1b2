import { Agent, request as httpRequest } from 'node:http'
import { createArrivals, createRandom, endOf, peakOf, rateAt, type Shape, type Turns } from './shape.ts'
import { createTally, type Second, type Summary } from './tally.ts'

/** What to send where. */
export interface TrafficOptions {
  /** Base URL of the site; on this machine only. */
  readonly url: string
  readonly shape: Shape
  /** The same seed gives the same visits. */
  readonly seed: number
  /** How long a visitor waits, from the moment the visit was due. */
  readonly patienceMs: number
  readonly paths: readonly string[]
}

export const DEFAULT_PATIENCE_MS = 10_000
/** The front page is asked for most. */
export const DEFAULT_PATHS: readonly string[] = [
  '/',
  '/',
  '/posts/one-droplet',
  '/posts/front-page',
  '/posts/boring-caches',
]

/** Traffic under way in this process. */
export interface Run {
  /** The link is posted now, or again: the jump begins. */
  surge(): void
  /** Readers move on from now on. */
  ease(): void
  /** No more visits; those under way are left. */
  stop(): void
  readonly ended: Promise<Summary>
}

/**
 * Sends visits when they are due, however many wait for an answer (an open loop: a slow site does not slow its visitors),
 * and measures each from when it was due, so that a late start counts as waiting. Throws on a URL of another machine.
 */
export function runTraffic(options: TrafficOptions, onSecond: (second: Second) => void): Run {
  const { shape, patienceMs, paths } = options
  const origin = localUrl(options.url)
  const arrivals = createArrivals(peakOf(shape), createRandom(options.seed))
  // Of its own, so that when visits come does not hang on what they ask for.
  const random = createRandom(options.seed + 1)
  const tally = createTally()
  // As many as can wait at once, so that connections never hold visits back.
  const visitors = createVisitors(origin, Math.max(64, Math.ceil((peakOf(shape) * patienceMs * 1.5) / 1000)))
  const startedAt = performance.now()
  const startedEpoch = Date.now()
  const elapsed = () => performance.now() - startedAt
  let turns: Turns = { surgeAt: shape.kind === 'hackerNews' ? shape.quietForMs : null, easeAt: null }
  let due = arrivals.next()
  let timer: NodeJS.Timeout
  let over = false
  const { promise: ended, resolve } = Promise.withResolvers<Summary>()

  const visit = (dueAt: number) => {
    tally.offer()
    const path = paths[Math.floor(random() * paths.length)] ?? '/'
    visitors.visit(path, Math.max(1, patienceMs - (elapsed() - dueAt)), (outcome) => {
      const visit = { at: startedEpoch + dueAt, ms: elapsed() - dueAt }
      if (outcome.kind === 'answered') tally.answer(visit)
      else tally.fail(visit, outcome.why)
    })
  }
  const step = () => {
    const end = endOf(shape, turns) ?? Infinity
    const until = Math.min(elapsed(), end)
    while (due < until) {
      if (arrivals.comes(rateAt(shape, due, turns))) visit(due)
      due = arrivals.next()
    }
    if (due < end) timer = setTimeout(step, Math.max(0, due - elapsed()))
    else if (elapsed() > end + patienceMs || (tally.waiting() === 0 && elapsed() > end)) stop()
    else timer = setTimeout(step, 50)
  }
  const tellSecond = () => onSecond(tally.second(Date.now(), rateAt(shape, elapsed(), turns)))
  const seconds = setInterval(tellSecond, 1000)
  const stop = () => {
    if (over) return
    over = true
    clearTimeout(timer)
    clearInterval(seconds)
    tellSecond()
    visitors.close()
    resolve(tally.summary())
  }
  timer = setTimeout(step, due)

  return {
    surge() {
      turns = { surgeAt: elapsed(), easeAt: null }
    },
    ease() {
      turns = { ...turns, easeAt: elapsed() }
    },
    stop,
    ended,
  }
}

/** This makes a crowd; it is for sites on this machine, and no one else's. */
function localUrl(text: string): URL {
  const url = new URL(text)
  if (url.protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return url
  throw new Error(`traffic is sent to http:// sites on this machine only, not to ${text}`)
}

/** How a visit ended: `answered` once the last byte was in, `failed` with the reason in a word or two. */
export type Outcome = { readonly kind: 'answered' } | { readonly kind: 'failed'; readonly why: string }

/** Makes visits to one site. */
export interface Visitors {
  /** Asks for `path`; gives up `patienceMs` from now. Called back once. */
  visit(path: string, patienceMs: number, done: (outcome: Outcome) => void): void
  close(): void
}

/** Visitors over at most `connections` kept connections; a visit waits for a free one, and its patience runs. */
function createVisitors(origin: URL, connections: number): Visitors {
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
