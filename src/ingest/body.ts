import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { MAX_REPORT_BYTES } from '../core/model/report.ts'
import { Refused, TOO_LARGE } from './refusal.ts'

const unpack = promisify(gunzip)

/** Bytes of a request → its JSON value; unpacking stops at MAX_REPORT_BYTES, however small the packed body is. */
export async function parseBody(bytes: Buffer, encoding: string | undefined): Promise<unknown> {
  const plain = await decode(bytes, encoding?.trim().toLowerCase() ?? 'identity')
  try {
    return JSON.parse(plain.toString('utf8'))
  } catch {
    throw malformed('the body is not JSON')
  }
}

async function decode(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return bytes
  if (encoding !== 'gzip') {
    throw new Refused({
      status: 415,
      code: 'encoding',
      message: 'send the body plain or with content-encoding gzip',
    })
  }
  try {
    return await unpack(bytes, { maxOutputLength: MAX_REPORT_BYTES })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Refused(TOO_LARGE(MAX_REPORT_BYTES))
    throw malformed('the body says it is gzip and is not')
  }
}

/** A body that can never be taken, however often it is sent. */
export function malformed(message: string): Refused {
  return new Refused({ status: 400, code: 'malformed', message })
}
