import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createCrowd } from '../core/model/crowd.ts'
import { addressHere } from '../core/model/address.ts'
import { SpinupError } from '../core/model/error.ts'
import { isLoopback } from './guard.ts'

/** The bot's port, taken before there is anything to serve: its address is known, and anyone who asks early waits. */
export interface Front {
  /** Base URL, without a trailing slash. */
  readonly url: string
  readonly server: Server
  /** Answers from now on, those that wait first. */
  open(listener: RequestListener): void
  /** Ends every connection. */
  close(): Promise<void>
}

/** Idle connections are kept for longer than proxies before us keep theirs, so that none sends into one that just closed. */
const KEEP_ALIVE_MS = 72_000
/** A request has to be here by then, so that nobody holds connections open with one that never ends. */
const LIMITS = { headersTimeout: 15_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 }
/** Pages that listen are sent something every few seconds; who takes none of it is gone. */
const SILENT_MS = 120_000

/**
 * Takes the port (0: any free one); throws `configuration` when it may not or cannot. `guarded`: the console has a
 * password; without one nobody else may reach it, neither at `host` nor at `publicUrl` (null: there is none).
 */
export async function openFront({
  host,
  port,
  guarded,
  publicUrl,
}: {
  readonly host: string
  readonly port: number
  readonly guarded: boolean
  readonly publicUrl: string | null
}): Promise<Front> {
  if (!guarded && !isLoopback(host)) {
    throw new SpinupError(
      'configuration',
      `SPINUP_HOST is ${host}, which other machines can reach, and the console has no password: set SPINUP_CONSOLE_PASSWORD, or SPINUP_HOST=127.0.0.1.`,
    )
  }
  if (!guarded && publicUrl !== null && !isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ''))) {
    throw new SpinupError(
      'configuration',
      `SPINUP_PUBLIC_URL is ${publicUrl}, so others can reach the console, and it has no password: set SPINUP_CONSOLE_PASSWORD.`,
    )
  }
  const crowd = createCrowd<Socket>(await mostConnections())
  const early: (readonly [IncomingMessage, ServerResponse])[] = []
  const wait: RequestListener = (request, response) => void early.push([request, response])
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...LIMITS }, wait)
  server.setTimeout(SILENT_MS)
  server.on('connection', (socket) => {
    crowd.enter(socket)?.destroy()
    socket.once('close', () => crowd.leave(socket))
  })
  server.prependListener('request', (request, response) => {
    const { socket } = request
    const serve = (): void => crowd.serve(socket, true)
    if (hasBody(request)) request.once('end', serve)
    else serve()
    response.once('close', () => crowd.serve(socket, false))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // While a request before it is worked on, this would be taken for the answer to that.
    if (!crowd.isServed(socket)) refuseUnread(error, socket)
    socket.destroySoon()
  })
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (cause) {
    throw listenError(cause, host, port)
  }
  const address = server.address()
  return {
    url: addressHere(host, typeof address === 'object' && address !== null ? address.port : port),
    server,
    open: (listener) => {
      server.off('request', wait)
      const answer: RequestListener = (request, response) =>
        isAmbiguous(request) ? refuse(response) : listener(request, response)
      server.on('request', answer)
      for (const [request, response] of early.splice(0)) answer(request, response)
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function listenError(cause: unknown, host: string, port: number): unknown {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} on ${host} is taken by another program: set SPINUP_PORT to a free one (for example ${port + 10}), or stop that program.`
    return new SpinupError('configuration', message, { cause })
  }
  if (code === 'EACCES') {
    const message = `Port ${port} needs special rights: set SPINUP_PORT to one above 1023, for example 8080.`
    return new SpinupError('configuration', message, { cause })
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    const message = `SPINUP_HOST is ${host}, which is not an address of this machine: set it to 127.0.0.1 or one it has.`
    return new SpinupError('configuration', message, { cause })
  }
  return cause
}

/** Half of the files that this process may have open, as everything else needs some, too. */
async function mostConnections(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const files = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? 1024)
  return Math.min(10_000, Math.floor(files / 2))
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Two hosts, one of them perhaps in a whole URL: what stands before us may have gone by the other one. */
function isAmbiguous({ rawHeaders, headers, url = '/' }: IncomingMessage): boolean {
  if (!url.startsWith('/') && URL.canParse(url) && new URL(url).host !== headers.host?.toLowerCase()) return true
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1
}

function refuse(response: ServerResponse): void {
  response.writeHead(400, { connection: 'close', 'content-type': 'application/json' })
  response.end('{"code":"badInput","message":"A request names one host."}')
}

/** What is said on a connection on which no request came that could be read, by the code of Node's error. */
const UNREAD: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The address and headers are longer than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
}

/** Answers what is no request, as failures are answered. */
function refuseUnread({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code !== 'ECONNRESET' && socket.writable) {
    const [status, message] = UNREAD[code] ?? ['400 Bad Request', 'That is no HTTP request that can be read.']
    const body = JSON.stringify({ code: 'badInput', message })
    const head = `connection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`
    socket.write(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`)
  }
}
