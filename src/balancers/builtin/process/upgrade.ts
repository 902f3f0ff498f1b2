import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Services } from './exchange.ts'
import { isAmbiguous, requestHeaders, responseHeaders, targetOf, toPairs } from './headers.ts'
import type { Member, Pending } from './member.ts'
import { isWhole } from './address.ts'

/** After such a silence it is asked whether the other side is there still. */
const KEEP_ALIVE_MS = 60_000
/** Pieces of what a visitor sends before its handshake is answered that are held for it. */
const MOST_EARLY = 16

/**
 * Carries a WebSocket: its handshake to a member, then bytes both ways until either side ends. A member that cannot be
 * connected to is passed over for another.
 */
export function carryUpgrade(services: Services, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { members, chooser, queue, health, totals, now } = services
  const deadline = now() + services.waitMs
  const { path, host } = targetOf(request)
  const headers = [
    ...requestHeaders(request, host, 'none', services.isProxy),
    'Connection',
    'Upgrade',
    'Upgrade',
    'websocket',
  ]
  let tried: Set<Member> | null = null
  let leaveQueue: (() => void) | null = null
  let upstream: ClientRequest | null = null
  let gone = false

  // Read from the start, or nobody would notice that the visitor leaves before there is an answer.
  const early: Buffer[] = [head]
  const keep = (chunk: Buffer) => {
    early.push(chunk)
    if (early.length > MOST_EARLY) socket.pause()
  }
  const leave = () => socket.destroy()
  socket.on('data', keep)
  socket.once('end', leave)
  socket.on('error', () => undefined)
  socket.once('close', () => {
    gone = true
    leaveQueue?.()
    upstream?.destroy()
  })

  /** The visitor may never close its side, so this one is closed for it. */
  const hangUp = () => socket.end(() => socket.destroy())
  const fail = (member: Member | null, status: string) => {
    if (gone) return
    totals.failed += 1
    if (member !== null) member.failed += 1
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    hangUp()
  }

  const attempt = () => {
    leaveQueue = null
    const member = chooser.choose(members.all(), tried)
    if (member !== null) return send(member)
    tried = null
    leaveQueue = queue.wait(deadline, attempt, () => fail(null, '503 Service Unavailable'))
    if (leaveQueue === null) fail(null, '503 Service Unavailable')
  }

  const elsewhere = (member: Member) => {
    tried ??= new Set()
    tried.add(member)
    attempt()
  }

  const send = (member: Member) => {
    const sentAt = now()
    let settled = false
    let connected = false
    let answered = false
    let answeredAt = 0
    const settle = () => {
      if (settled) return
      settled = true
      member.inFlight -= 1
      member.pending.delete(pending)
    }
    const record = () => {
      answered = true
      member.pending.delete(pending)
      answeredAt = now()
      member.begun.record(answeredAt - sentAt)
      totals.window.record(answeredAt - sentAt)
      health.answered(member)
    }
    const { hostname, port } = member.address
    let call: ClientRequest
    try {
      call = httpRequest({ agent: false, host: hostname, port, method: 'GET', path, headers })
    } catch {
      fail(null, '400 Bad Request')
      return
    }
    upstream = call
    const pending: Pending = {
      since: sentAt,
      give(up) {
        settle()
        call.destroy()
        if (up === 'stalled') elsewhere(member)
        else fail(member, '504 Gateway Timeout')
      },
    }
    member.pending.add(pending)
    member.inFlight += 1
    call.once('socket', (link) => {
      const timer = setTimeout(() => call.destroy(new Error('no connection in time')), services.connectMs)
      link.once('connect', () => {
        connected = true
        clearTimeout(timer)
      })
      link.once('close', () => clearTimeout(timer))
    })
    call.once('upgrade', (answer, link, linkHead) => {
      record()
      link.on('error', () => undefined)
      link.once('close', () => {
        settle()
        // What the member sent last may still be on its way to a slow visitor.
        hangUp()
      })
      // What vanished without a word (a phone, a member that was deleted) would be held forever.
      for (const side of [link, socket]) if (side instanceof Socket) side.setKeepAlive(true, KEEP_ALIVE_MS)
      socket.once('close', () => link.destroy())
      const lines = linesOf(answer)
      const kind = answer.headers.upgrade ?? 'websocket'
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${kind}\r\n`, 'latin1')
      socket.write(`${lines.join('')}\r\n`, 'latin1')
      if (linkHead.length > 0) socket.write(linkHead)
      socket.off('data', keep)
      socket.off('end', leave)
      for (const chunk of early) link.write(chunk)
      link.pipe(socket)
      socket.pipe(link)
    })
    call.once('response', (answer) => {
      // Declined: the answer goes back as it is, its end marked by closing.
      record()
      const lines = linesOf(answer)
      socket.write(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${lines.join('')}`, 'latin1')
      socket.write('Connection: close\r\n\r\n')
      answer.on('error', () => socket.destroy())
      answer.once('close', settle)
      answer.once('end', () => {
        if (isWhole(answer.rawHeaders, now() - answeredAt)) member.ended.record(now() - sentAt)
        hangUp()
      })
      answer.pipe(socket, { end: false })
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (answered || settled) return
      settle()
      if (gone) return
      if (error.code !== undefined) health.cut(member)
      if (connected) return fail(member, '502 Bad Gateway')
      elsewhere(member)
    })
    call.end()
  }
  if (isAmbiguous(request, 'none')) fail(null, '400 Bad Request')
  else attempt()
}

function linesOf(answer: IncomingMessage): readonly string[] {
  const headers = responseHeaders(answer.rawHeaders, answer.headers.connection ?? '', false)
  return toPairs(headers).map(([name, value]) => `${name}: ${value}\r\n`)
}
