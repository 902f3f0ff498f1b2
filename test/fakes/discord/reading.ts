import type { IncomingMessage } from 'node:http'
import { isObject, type JsonObject } from './records.ts'

export interface Upload {
  readonly filename: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface Read {
  /** Parsed; of a multipart form its `payload_json`. Undefined: there was none, or none that could be read. */
  readonly body: unknown
  /** By the index in `files[0]`. */
  readonly files: ReadonlyMap<string, Upload>
}

const MOST_BYTES = 10 * 1024 * 1024 + 100_000

export async function readRequest(request: IncomingMessage): Promise<Read> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) throw new RangeError('Request entity too large')
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (bytes.length === 0) return { body: undefined, files: new Map() }
  if (!type.startsWith('multipart/form-data')) return { body: parsed(bytes.toString()), files: new Map() }
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
  const files = new Map<string, Upload>()
  for (const [name, value] of form.entries()) {
    const index = /^files\[(\d+)\]$/.exec(name)?.[1]
    if (index === undefined || typeof value === 'string') continue
    const contentType = value.type || 'application/octet-stream'
    files.set(index, { filename: value.name, contentType, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  const payload = form.get('payload_json')
  return { body: typeof payload === 'string' ? parsed(payload) : {}, files }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function bodyObject(body: unknown): JsonObject {
  return isObject(body) ? body : {}
}
