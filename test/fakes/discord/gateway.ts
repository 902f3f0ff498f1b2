import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { presentGuild, presentUser } from './present.ts'
import { isObject, type JsonObject } from './records.ts'
import { newToken, type World } from './world.ts'

/** What is received of one login, kept over a broken connection. */
interface Session {
  readonly id: string
  readonly events: { readonly s: number; readonly text: string }[]
  sequence: number
  socket: WebSocket | null
}

export interface Gateway {
  /** Tells every session; how many there are. */
  dispatch(event: string, data: JsonObject): number
  /** Sessions that hear now. */
  connected(): number
  identified(): number
  resumed(): number
  heartbeats(): number
  /** Cuts every connection without a word. */
  cut(): void
  /** Ends every connection with that code, and every new one too until `refuse(null)`. */
  refuse(code: number | null): void
  /** Takes no new connection, until told otherwise. */
  close(closed: boolean): void
  /** Asks to reconnect (op 7). */
  askToReconnect(): void
  /** Ends every session (op 9); a resumable one may be taken up again. */
  invalidate(resumable: boolean): void
  /** Tells the last interaction of every session once more, as after a resumption that came too late. */
  repeat(): void
  /** Heartbeats are answered, or not. */
  acknowledge(answered: boolean): void
  /** Intents that were asked for, one number a login. */
  intents(): readonly number[]
  stop(): Promise<void>
}

const PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)

export function startGateway(
  server: Server,
  world: World,
  options: { readonly heartbeatMs: number; readonly url: () => string; readonly violation: (message: string) => void },
): Gateway {
  const sockets = new WebSocketServer({ noServer: true })
  const sessions = new Map<string, Session>()
  const intents: number[] = []
  let resumed = 0
  let heartbeats = 0
  let answers = true
  let closed = false
  let refused: number | null = null

  const send = (socket: WebSocket, op: number, d: unknown): void =>
    socket.send(JSON.stringify({ op, d, s: null, t: null }))

  function tell(session: Session, event: string, data: JsonObject): void {
    const text = JSON.stringify({ op: 0, d: data, s: ++session.sequence, t: event })
    session.events.push({ s: session.sequence, text })
    session.socket?.send(text)
  }

  function identify(socket: WebSocket, data: JsonObject): Session | null {
    if (data['token'] !== world.token) {
      socket.close(4004, 'Authentication failed.')
      return null
    }
    const asked = typeof data['intents'] === 'number' ? data['intents'] : 0
    intents.push(asked)
    if ((asked & PRIVILEGED) !== 0) {
      options.violation(`identify asks for privileged intents: ${asked}`)
      socket.close(4014, 'Disallowed intent(s).')
      return null
    }
    const session: Session = { id: newToken(), events: [], sequence: 0, socket }
    sessions.set(session.id, session)
    tell(session, 'READY', {
      v: 10,
      user: { ...presentUser(world.bot), mfa_enabled: true, verified: true, email: null },
      guilds: world.guilds.filter(({ left }) => !left).map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: options.url(),
      shard: [0, 1],
      application: { id: world.bot.id, flags: 0 },
    })
    for (const guild of world.guilds) if (!guild.left) tell(session, 'GUILD_CREATE', presentGuild(guild, world))
    return session
  }

  function resume(socket: WebSocket, data: JsonObject): Session | null {
    const session = sessions.get(String(data['session_id']))
    if (session === undefined || data['token'] !== world.token) {
      send(socket, 9, false)
      return null
    }
    session.socket = socket
    resumed++
    for (const event of session.events) if (event.s > Number(data['seq'])) socket.send(event.text)
    tell(session, 'RESUMED', {})
    return session
  }

  sockets.on('connection', (socket: WebSocket) => {
    let session: Session | null = null
    if (refused !== null) return socket.close(refused)
    send(socket, 10, { heartbeat_interval: options.heartbeatMs })
    socket.on('message', (raw: Buffer) => {
      const payload: unknown = JSON.parse(raw.toString())
      if (!isObject(payload)) return
      const data = isObject(payload['d']) ? payload['d'] : {}
      if (payload['op'] === 1) {
        heartbeats++
        if (answers) send(socket, 11, null)
      }
      if (payload['op'] === 2) session = identify(socket, data)
      if (payload['op'] === 6) session = resume(socket, data)
    })
    socket.on('close', (code) => {
      if (session === null || session.socket !== socket) return
      session.socket = null
      // A client that says goodbye ends its session; any other may come back.
      if (code === 1000 || code === 1001) sessions.delete(session.id)
    })
    socket.on('error', () => undefined)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (closed) return void socket.destroy()
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
  })

  const live = (): readonly Session[] => [...sessions.values()].filter(({ socket }) => socket !== null)
  return {
    dispatch(event, data) {
      for (const session of sessions.values()) tell(session, event, data)
      return sessions.size
    },
    connected: () => live().length,
    identified: () => intents.length,
    resumed: () => resumed,
    heartbeats: () => heartbeats,
    cut: () => sockets.clients.forEach((socket) => socket.terminate()),
    refuse(code) {
      refused = code
      if (code !== null) sockets.clients.forEach((socket) => socket.close(code))
    },
    close: (now) => void (closed = now),
    askToReconnect: () => sockets.clients.forEach((socket) => send(socket, 7, null)),
    invalidate(resumable) {
      const open = live()
      if (!resumable) sessions.clear()
      for (const { socket } of open) if (socket !== null) send(socket, 9, resumable)
    },
    repeat() {
      for (const { events, socket } of live()) {
        const last = events.findLast(({ text }) => text.includes('"INTERACTION_CREATE"'))
        if (last !== undefined) socket?.send(last.text)
      }
    },
    acknowledge: (answered) => void (answers = answered),
    intents: () => intents,
    stop: () =>
      new Promise((resolve) => {
        sockets.clients.forEach((socket) => socket.terminate())
        sockets.close(() => resolve())
      }),
  }
}
