import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)
/** Smaller ones are no fewer packets. Bytes. */
const WORTH = 600

/** null: as it is. */
export type Encoding = 'br' | 'gzip' | null

/** The best encoding that the browser takes. */
export function encodingFor(request: FastifyRequest): Encoding {
  const offers = String(request.headers['accept-encoding'] ?? '').split(',')
  const taken = offers.filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
  const names = new Set(taken.map((one) => one.split(';', 1)[0]?.trim().toLowerCase()))
  return names.has('br') ? 'br' : names.has('gzip') ? 'gzip' : null
}

/** `body` in an encoding; `effort` is brotli's, 0 to 11. */
export async function pack(body: Buffer, encoding: Encoding, effort: number): Promise<Buffer> {
  if (encoding === 'gzip') return zip(body)
  if (encoding === null) return body
  return brotli(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: effort, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  })
}

/** More than this is compressed as quickly as can be: the rest of the effort would take longer than it saves. Bytes. */
const LARGE = 200_000

/** Sends text that is made for this request, compressed quickly where the browser takes that. */
export async function sendPacked(request: FastifyRequest, reply: FastifyReply, text: string): Promise<FastifyReply> {
  const plain = Buffer.from(text)
  const encoding = plain.length < WORTH ? null : encodingFor(request)
  if (encoding !== null) reply.headers({ 'content-encoding': encoding, vary: 'accept-encoding' })
  return reply.send(await pack(plain, encoding, plain.length > LARGE ? 1 : 5))
}

/** Sends bytes, or to a browser that has the very same that it has. */
export function sendUnlessKnown(request: FastifyRequest, reply: FastifyReply, body: Uint8Array): FastifyReply {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  reply.header('etag', etag)
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(body)
}
