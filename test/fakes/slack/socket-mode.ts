import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptWebSocket, type ServerSocket } from './websocket.ts'

/** What came back for something that was delivered. */
export interface Delivered {
  /** Whether it was acknowledged within Slack's three seconds. */
  readonly acked: boolean
  readonly ackMs: number
  /** What the acknowledgement carried. */
  readonly answer: Readonly<Record<string, unknown>> | null
  /** What the person sees when it was not: Slack's own words. */
  readonly error: 'operation_timeout' | 'dispatch_failed' | null
}

export const ACK_MS = 3000

/** Slack's end of Socket Mode. */
export interface SocketMode {
  /** A URL for one connection, as `apps.connections.open` gives. */
  ticket(origin: string): string
  upgrade(request: IncomingMessage, stream: Duplex): void
  deliver(type: string, payload: unknown): Promise<Delivered>
  /** How many connections stand. */
  readonly connections: number
  /** How many were ever made. */
  readonly accepted: number
  /** Asks every connection to be made anew, as Slack does now and then. */
  refresh(): void
  /** Cuts every line. */
  drop(): void
  close(): void
}

export function createSocketMode(): SocketMode {
  const tickets = new Set<string>()
  const sockets = new Set<ServerSocket>()
  const waiting = new Map<string, (answer: Readonly<Record<string, unknown>> | null) => void>()
  let accepted = 0
  let turn = 0
  return {
    get connections() {
      return sockets.size
    },
    get accepted() {
      return accepted
    },
    ticket: (origin) => {
      const ticket = randomBytes(8).toString('hex')
      tickets.add(ticket)
      return `${origin.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=A0SPINUP1`
    },
    upgrade: (request, stream) => {
      const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? ''
      if (!tickets.delete(ticket)) {
        stream.end('HTTP/1.1 403 Forbidden\r\n\r\n')
        return
      }
      const socket = acceptWebSocket(request, stream, {
        message: (text) => {
          const { envelope_id: id, payload } = JSON.parse(text) as { envelope_id?: string; payload?: object }
          waiting.get(id ?? '')?.((payload ?? null) as Readonly<Record<string, unknown>> | null)
        },
        closed: () => void (socket !== null && sockets.delete(socket)),
      })
      if (socket === null) return
      sockets.add(socket)
      accepted++
      socket.send(
        JSON.stringify({ type: 'hello', num_connections: sockets.size, connection_info: { app_id: 'A0SPINUP1' } }),
      )
    },
    deliver: async (type, payload) => {
      const open = [...sockets].filter((socket) => socket.open)
      const socket = open[turn++ % Math.max(1, open.length)]
      if (socket === undefined) return { acked: false, ackMs: 0, answer: null, error: 'dispatch_failed' }
      const id = randomUUID()
      const begun = performance.now()
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(id)
          resolve({ acked: false, ackMs: ACK_MS, answer: null, error: 'operation_timeout' })
        }, ACK_MS)
        waiting.set(id, (answer) => {
          clearTimeout(timer)
          waiting.delete(id)
          resolve({ acked: true, ackMs: performance.now() - begun, answer, error: null })
        })
        const accepts = type !== 'events_api'
        socket.send(JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: accepts }))
      })
    },
    refresh: () => {
      for (const socket of sockets) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: {} }))
      }
    },
    drop: () => {
      for (const socket of sockets) socket.destroy()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      for (const settle of waiting.values()) settle(null)
    },
  }
}
