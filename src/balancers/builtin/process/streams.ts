import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerHead } from './answer-parser.ts'
import { responseHeaders, toPairs, type Framing } from './headers.ts'
import type { Link } from './links.ts'

/** A body that arrives at once and is no longer than this is sent at once. */
const SMALL = 16_384

/** An answer on its way to the visitor. */
export interface Relay {
  data(chunk: Buffer): void
  /** Nothing more has arrived for now. */
  rested(): void
  done(trailers: readonly string[]): void
}

/**
 * Sends the body of a request on as it comes in, no faster than the member takes it; the caller resumes `request` when
 * the link has drained. `ended` is called when all is written. Answers a way to stop.
 */
export function sendBody(request: IncomingMessage, link: Link, framing: Framing, ended: () => void): () => void {
  const onData = (chunk: Buffer) => {
    const parts = framing === 'chunked' ? [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n'] : [chunk]
    if (chunk.length > 0 && !link.write(...parts)) request.pause()
  }
  const onEnd = () => {
    if (framing === 'chunked') {
      const trailers = toPairs(request.rawTrailers).map(([name, value]) => `${name}: ${value}\r\n`)
      link.write(`0\r\n${trailers.join('')}\r\n`)
    }
    link.finish()
    ended()
  }
  request.on('data', onData)
  request.once('end', onEnd)
  return () => {
    request.off('data', onData)
    request.off('end', onEnd)
  }
}

/** Begins the visitor's answer; null when the member's cannot be passed on. The link is held back to the visitor's pace. */
export function createRelay(
  request: IncomingMessage,
  response: ServerResponse,
  link: Link,
  answer: AnswerHead,
): Relay | null {
  const trailing = answer.body === 'chunked' && request.httpVersionMinor === 1
  response.sendDate = false
  try {
    response.writeHead(answer.status, answer.reason, responseHeaders(answer.headers, answer.connection, trailing))
  } catch {
    return null
  }
  let begun = false
  let over = false
  let held: Buffer | null = null
  const onDrain = () => {
    if (!over) link.resume()
  }
  const pass = (chunk: Buffer) => {
    begun = true
    if (response.write(chunk)) return
    link.pause()
    response.once('drain', onDrain)
  }

  return {
    data(chunk) {
      if (held === null && !begun && chunk.length <= SMALL) {
        held = chunk
        return
      }
      if (held !== null) pass(held)
      held = null
      pass(chunk)
    },
    rested() {
      if (over) return
      if (held !== null) pass(held)
      // The body may begin much later (server-sent events), the visitor should know by now that it will.
      else if (!begun) response.flushHeaders()
      held = null
      begun = true
    },
    done(trailers) {
      over = true
      if (trailing && trailers.length > 0) response.addTrailers(toPairs(trailers))
      // As text it leaves in one write with its head, which saves a tenth of the whole way.
      if (held !== null) response.end(held.toString('latin1'), 'latin1')
      else response.end()
    },
  }
}
