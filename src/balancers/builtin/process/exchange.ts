import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerHead } from './answer-parser.ts'
import type { Chooser, Queue, Totals } from './queue.ts'
import { framingOf, requestHead, type IsProxy } from './headers.ts'
import type { Health } from './health.ts'
import type { Links } from './links.ts'
import type { Member, Pending } from './member.ts'
import type { Members } from './members.ts'
import { createRelay, sendBody, type Relay } from './streams.ts'
import { isWhole } from './address.ts'

/** What a request needs on its way. Times in ms. */
export interface Services {
  readonly members: Members
  readonly chooser: Chooser
  readonly queue: Queue
  readonly health: Pick<Health, 'answered' | 'cut'>
  readonly totals: Totals
  readonly links: Links
  readonly now: () => number
  readonly isProxy: IsProxy
  /** How long a request waits for a member to be available. */
  readonly waitMs: number
  readonly connectMs: number
  /** How long a visitor may take nothing of what waits for it. */
  readonly unreadMs: number
}

/** May be sent twice without harm (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Texts of the errors the balancer answers itself. */
const TEXTS = {
  400: 'The request cannot be forwarded.',
  502: 'The server that got this request closed the connection before it answered.',
  503: 'No server can take this request right now. Please try again in a few seconds.',
  504: 'The server that got this request did not answer in time.',
} as const

/**
 * Carries one request to a member and the answer back, streaming both ways. What was surely not acted on (no connection,
 * or an idempotent request without a body that got no answer) goes on to another member. `expects`: the visitor waits
 * for `100 Continue` before it sends the body.
 */
export function carry(services: Services, request: IncomingMessage, response: ServerResponse, expects: boolean): void {
  const { members, chooser, queue, health, totals, now } = services
  const arrivedAt = now()
  const method = request.method ?? 'GET'
  const framing = framingOf(request)
  const repeatable = framing === 'none' && IDEMPOTENT.has(method)
  const head = requestHead(request, framing, services.isProxy)
  let resends = 1
  let bodyBegun = false
  let gone = false
  let tried: Set<Member> | null = null
  let leaveQueue: (() => void) | null = null
  let abort: (() => void) | null = null

  const fail = (member: Member | null, status: keyof typeof TEXTS) => {
    if (gone) return
    totals.failed += 1
    if (member !== null) member.failed += 1
    // Cut, so that the visitor sees that something is missing.
    if (response.headersSent) return void response.destroy()
    const more = status === 503 ? ['Retry-After', '5'] : []
    // A body that was not read cannot be distinguished from a next request, nor what follows one that says two things.
    const end = framing === 'none' && status !== 400 ? [] : ['Connection', 'close']
    response.writeHead(status, [
      'Content-Type',
      'text/plain; charset=utf-8',
      'Cache-Control',
      'no-store',
      ...more,
      ...end,
    ])
    response.end(`${TEXTS[status]}\n`)
    request.resume()
  }

  const attempt = () => {
    leaveQueue = null
    const member = chooser.choose(members.all(), tried)
    if (member !== null) return send(member)
    tried = null
    leaveQueue = queue.wait(arrivedAt + services.waitMs, attempt, () => fail(null, 503))
    if (leaveQueue === null) fail(null, 503)
  }

  const elsewhere = (member: Member) => {
    tried ??= new Set()
    tried.add(member)
    attempt()
  }

  const send = (member: Member) => {
    const sentAt = now()
    let connected = false
    let settled = false
    let stopBody: (() => void) | null = null
    /** When it was sent, later by what its visitor took for the body: a slow upload is no slow member. */
    let startedAt = sentAt
    let answered: AnswerHead | null = null
    let answeredAt = 0
    const settle = () => {
      if (settled) return
      settled = true
      abort = null
      stopBody?.()
      member.inFlight -= 1
      member.pending.delete(pending)
    }
    // A kept connection can break just as it is used again; what cannot be repeated gets a new one.
    const link = services.links.open(member, !repeatable)
    abort = () => {
      settle()
      link.destroy()
    }
    const pending: { since: number } & Pending = {
      since: framing === 'none' ? sentAt : Infinity,
      give(up) {
        if (up === 'stalled' && !repeatable) return
        settle()
        link.destroy()
        if (up === 'stalled') elsewhere(member)
        else fail(member, 504)
      },
    }
    member.inFlight += 1
    member.pending.add(pending)
    let relay: Relay | null = null

    link.send(method, head ?? '', {
      connected() {
        connected = true
        if (framing === 'none') return
        bodyBegun = true
        const connectedAt = now()
        if (expects) response.writeContinue()
        stopBody = sendBody(request, link, framing, () => {
          pending.since = now()
          if (answered === null) startedAt += pending.since - connectedAt
        })
      },
      head(answer) {
        member.pending.delete(pending)
        answered = answer
        answeredAt = now()
        member.begun.record(answeredAt - startedAt)
        totals.window.record(answeredAt - arrivedAt)
        health.answered(member)
        relay = createRelay(request, response, link, answer)
        if (relay !== null) return
        settle()
        link.destroy()
        fail(member, 502)
      },
      data: (chunk) => relay?.data(chunk),
      rested: () => relay?.rested(),
      done(trailers) {
        settle()
        const at = now()
        if (answered !== null && isWhole(answered.headers, at - answeredAt)) member.ended.record(at - startedAt)
        relay?.done(trailers)
        // Answered before the whole body was in: the rest is of no use to anyone.
        if (!link.finished()) request.resume()
      },
      broken(_why, code) {
        settle()
        // Without a code it is our own time limit: slowness, not death.
        if (relay === null && code !== undefined && !link.reused) health.cut(member)
        if (relay === null && !connected && !bodyBegun) return elsewhere(member)
        if (relay === null && repeatable && resends > 0) {
          resends -= 1
          return elsewhere(member)
        }
        fail(member, 502)
      },
      drained: () => request.resume(),
    })
    if (framing === 'none') link.finish()
  }

  response.once('close', () => {
    gone = true
    leaveQueue?.()
    if (!response.writableFinished) abort?.()
  })
  if (head === null) fail(null, 400)
  else attempt()
}
