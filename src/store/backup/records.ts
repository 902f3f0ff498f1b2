import { SpinupError } from '../../core/model/error.ts'
import type { Copied } from './copy.ts'

/** What a backup holds beside keys, and what ends it. */
export interface About {
  /** The bot's secret, where the backup opens by a passphrase; null: it is not in there. */
  readonly secret: string | null
}

export type BackupRecord =
  | ({ readonly is: 'about' } & About)
  | ({ readonly is: 'key' } & Copied)
  /** How many came before it. */
  | { readonly is: 'end'; readonly records: number }

/** A record as bytes: the length of the whole, then that of each part before the part; 32 bits each, big-endian. */
export function encode(record: BackupRecord): Buffer {
  const parts = partsOf(record)
  const body = parts.reduce((sum, part) => sum + 4 + part.length, 0)
  const bytes = Buffer.allocUnsafe(4 + body)
  let at = bytes.writeUInt32BE(body, 0)
  for (const part of parts) {
    at = bytes.writeUInt32BE(part.length, at)
    at += part.copy(bytes, at)
  }
  return bytes
}

function partsOf(record: BackupRecord): readonly Buffer[] {
  if (record.is !== 'key') return [Buffer.from(record.is), Buffer.from(JSON.stringify(record))]
  const { key, kind, expiresAt, values } = record
  return [Buffer.from(record.is), key, Buffer.from(kind), Buffer.from(String(expiresAt ?? '')), ...values]
}

/** Records from their bytes, however those are cut; holds one of them at a time. Throws `badInput` where the end is missing. */
export async function* decode(source: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let records = 0
  let end: BackupRecord | null = null
  // To the last byte, also after the end: what seals them is at the end of all.
  for await (const bytes of framesOf(source)) {
    const record = recordOf(bytes)
    if (record.is === 'end') {
      end = record.records === records ? record : null
    } else {
      records++
      yield record
    }
  }
  if (end === null) throw new SpinupError('badInput', 'its end is missing')
  yield end
}

function recordOf(bytes: Buffer): BackupRecord {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at)
    parts.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const [is, first = Buffer.alloc(0), kind, expiresAt, ...values] = parts
  // Sealed, so written by `encode` alone.
  if (is?.toString() !== 'key') return JSON.parse(first.toString()) as BackupRecord
  return { is: 'key', key: first, kind: String(kind), expiresAt: Number(expiresAt?.toString()) || null, values }
}

async function* framesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = []
  let have = 0
  let need = 4
  for await (const chunk of source) {
    chunks.push(chunk)
    have += chunk.length
    if (have < need) continue
    let bytes = Buffer.concat(chunks)
    for (;;) {
      need = bytes.length < 4 ? 4 : 4 + bytes.readUInt32BE(0)
      if (bytes.length < Math.max(need, 4)) break
      yield bytes.subarray(4, need)
      bytes = bytes.subarray(need)
    }
    chunks = [bytes]
    have = bytes.length
  }
}
