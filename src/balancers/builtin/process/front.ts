import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createCrowd } from '../../../core/model/crowd.ts'
import { carry, type Services } from './exchange.ts'
import { framingOf } from './headers.ts'
import { carryUpgrade } from './upgrade.ts'

/** Requests that one connection may have waiting behind the one under way. No browser sends any. */
const MOST_WAITING = 100
/** A body has to bring this much in any such stretch, or its connection goes to others. Bytes, ms. */
const LEAST_BODY = 5_000
const BODY_MS = 20_000
/** So often it is looked whether a visitor takes what waits for it, before it is given up. */
const LOOKS = 4

/** What a visitor's connection has asked for. */
interface Line {
  under: ServerResponse | null
  readonly waiting: { readonly response: ServerResponse; readonly begin: () => void }[]
  /** It asked for more than may wait: what waits is answered, and then it ends. */
  full: boolean
}

/**
 * The server visitors talk to. Node's own parser reads every request and refuses what is malformed or ambiguous (both
 * lengths, no host, oversized or slow headers) before any of this is reached. A connection's requests are carried one at
 * a time, in order: a member sees no more of it at once than of any other visitor.
 */
export function createFront(services: Services): Server {
  const lines = new WeakMap<Socket, Line>()
  const crowd = createCrowd<Socket>(mostConnections())
  const server = createServer({
    keepAliveTimeout: 65_000,
    headersTimeout: 20_000,
    requestTimeout: 300_000,
    connectionsCheckingInterval: 5000,
    // Only WebSockets are tunnelled: an `h2c` upgrade would carry requests past every check made here.
    shouldUpgradeCallback: (request) =>
      request.method === 'GET' &&
      /^websocket$/i.test(request.headers.upgrade ?? '') &&
      // Its handshake is sent on without a body, so one that has a body is a plain request.
      framingOf(request) === 'none',
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
  })

  const next = (socket: Socket, line: Line): void => {
    line.under = null
    crowd.serve(socket, false)
    const first = line.waiting.shift()
    // What follows an answer that ended the connection was never asked.
    if (first === undefined || !socket.writable) {
      line.waiting.length = 0
      if (line.full) socket.end()
      return
    }
    line.under = first.response
    crowd.serve(socket, true)
    first.response.once('close', () => next(socket, line))
    first.begin()
  }

  const ask = (request: IncomingMessage, response: ServerResponse, expects: boolean): void => {
    const { socket } = request
    const line = lines.get(socket)
    if (line === undefined || line.full) return
    if (line.waiting.length >= MOST_WAITING) {
      line.full = true
      // Nothing more is read of it, or it could fill our memory.
      socket.pause()
      return
    }
    const begin = (): void => {
      watchBody(request)
      carry(services, request, response, expects)
    }
    line.waiting.push({ response, begin })
    if (line.under === null) next(socket, line)
  }

  const open = new Set<Socket>()
  const stopWatching = watchUnread(open, services.unreadMs)
  server.once('close', stopWatching)
  server.on('connection', (socket) => {
    open.add(socket)
    lines.set(socket, { under: null, waiting: [], full: false })
    crowd.enter(socket)?.destroy()
    socket.once('close', () => {
      open.delete(socket)
      crowd.leave(socket)
    })
  })
  server.on('request', (request, response) => ask(request, response, false))
  server.on('checkContinue', (request, response) => ask(request, response, true))
  server.on('upgrade', (request, socket: Socket, head) => {
    // It cannot take over a connection that still has answers to come.
    if (lines.get(socket)?.under !== null) return void socket.destroy()
    crowd.serve(socket, true)
    carryUpgrade(services, request, socket, head)
  })
  return server
}

/** Ends a connection whose body comes too slowly, answered or not, unless it is the member that does not take it. */
function watchBody(request: IncomingMessage): void {
  if (framingOf(request) === 'none') return
  const { socket } = request
  let before = socket.bytesRead
  const timer = setInterval(() => {
    const bytes = socket.bytesRead - before
    before = socket.bytesRead
    if (request.complete || socket.destroyed) clearInterval(timer)
    else if (bytes < LEAST_BODY && request.readableFlowing === true) socket.destroy()
  }, BODY_MS)
  timer.unref()
}

/** Ends connections whose visitor takes nothing of what waits for it, for so long, ms: its member is held up as well. */
function watchUnread(sockets: ReadonlySet<Socket>, unreadMs: number): () => void {
  const seen = new WeakMap<Socket, { readonly waiting: number; readonly written: number; readonly looks: number }>()
  const timer = setInterval(() => {
    for (const socket of sockets) {
      const [waiting, written, before] = [socket.writableLength, socket.bytesWritten, seen.get(socket)]
      const looks = waiting > 0 && before?.waiting === waiting && before.written === written ? before.looks + 1 : 0
      if (looks >= LOOKS) socket.destroy()
      else seen.set(socket, { waiting, written, looks })
    }
  }, unreadMs / LOOKS)
  timer.unref()
  return () => clearInterval(timer)
}

/** A visitor takes a file for itself and one for its member; the rest needs some, too. */
function mostConnections(): number {
  try {
    const files = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Number.NaN)
    return Math.max(100, Math.floor((Number.isNaN(files) ? 1024 : files) / 3))
  } catch {
    return 340
  }
}
