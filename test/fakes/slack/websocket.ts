import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** One accepted WebSocket, as far as Slack's socket needs it: whole text messages, pings answered, an orderly close. */
export interface ServerSocket {
  send(text: string): void
  /** Says goodbye and waits for the other side's; `destroy` cuts the line instead. */
  close(code?: number): void
  destroy(): void
  readonly open: boolean
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const TEXT = 1
const CLOSE = 8
const PING = 9
const PONG = 10

/** Completes the handshake of an upgrade request; `null` when it is none. */
export function acceptWebSocket(
  request: IncomingMessage,
  stream: Duplex,
  on: { readonly message: (text: string) => void; readonly closed: () => void },
): ServerSocket | null {
  const key = request.headers['sec-websocket-key']
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    stream.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    return null
  }
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  stream.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  let open = true
  let closing = false
  let held = Buffer.alloc(0)
  let parts: Buffer[] = []
  const end = (): void => {
    if (!open) return
    open = false
    on.closed()
  }
  const write = (opcode: number, payload: Buffer): void => {
    if (!stream.writable) return
    stream.write(Buffer.concat([header(opcode, payload.length), payload]))
  }
  stream.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk])
    for (let frame = readFrame(held); frame !== null; frame = readFrame(held)) {
      held = held.subarray(frame.size)
      if (frame.opcode === PING) write(PONG, frame.payload)
      if (frame.opcode === CLOSE) {
        if (!closing) write(CLOSE, frame.payload)
        stream.end()
        end()
      }
      if (frame.opcode > TEXT) continue
      parts.push(frame.payload)
      if (!frame.final) continue
      const text = Buffer.concat(parts).toString('utf8')
      parts = []
      on.message(text)
    }
  })
  stream.on('close', end)
  stream.on('error', end)
  return {
    send: (text) => write(TEXT, Buffer.from(text)),
    close: (code = 1000) => {
      closing = true
      write(CLOSE, Buffer.from([code >> 8, code & 255]))
    },
    destroy: () => {
      stream.destroy()
      end()
    },
    get open() {
      return open && !closing
    },
  }
}

function header(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, length])
  if (length < 65_536) return Buffer.from([0x80 | opcode, 126, length >> 8, length & 255])
  const bytes = Buffer.alloc(10)
  bytes[0] = 0x80 | opcode
  bytes[1] = 127
  bytes.writeBigUInt64BE(BigInt(length), 2)
  return bytes
}

interface Frame {
  readonly final: boolean
  readonly opcode: number
  readonly payload: Buffer
  /** Bytes it took on the wire. */
  readonly size: number
}

/** The first whole frame; null: more bytes are needed. */
function readFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null
  const [first = 0, second = 0] = bytes
  const short = second & 127
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const masked = (second & 128) !== 0
  const at = 2 + lengthBytes + (masked ? 4 : 0)
  if (bytes.length < at) return null
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < at + length) return null
  const payload = Buffer.from(bytes.subarray(at, at + length))
  if (masked) {
    const mask = bytes.subarray(at - 4, at)
    for (let index = 0; index < payload.length; index++) payload[index] = payload[index]! ^ mask[index & 3]!
  }
  return { final: (first & 128) !== 0, opcode: first & 15, payload, size: at + length }
}
