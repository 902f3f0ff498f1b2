import { createCipheriv, createDecipheriv } from 'node:crypto'
import { SpinupError } from '../../core/model/error.ts'

const CIPHER = 'aes-256-gcm'
const PIECE_BYTES = 65_536
const TAG_BYTES = 16

/**
 * A stream in pieces of 64 KiB, each sealed with AES-256-GCM under its number and whether it is the last: none can be
 * altered, left out, moved, added or cut off. `key`: 32 bytes, used for this one stream alone.
 */
export async function* seal(source: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  for await (const { bytes, index, last } of piecesOf(source, PIECE_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonceOf(index, last))
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }
}

/** What was sealed; throws `badInput` at the first piece that is not as it was sealed, before any of it is given. */
export async function* unseal(source: AsyncIterable<Buffer>, key: Buffer): AsyncGenerator<Buffer> {
  for await (const { bytes, index, last } of piecesOf(source, PIECE_BYTES + TAG_BYTES)) {
    try {
      const decipher = createDecipheriv(CIPHER, key, nonceOf(index, last), { authTagLength: TAG_BYTES })
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      const opened = decipher.update(bytes.subarray(0, -TAG_BYTES))
      decipher.final()
      yield opened
    } catch {
      throw new SpinupError('badInput', 'it was altered, or cut short')
    }
  }
}

/** The number, and whether it is the last; a key is never used for another stream. */
function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(index, 5, 6)
  nonce[11] = last ? 1 : 0
  return nonce
}

interface StreamPiece {
  readonly bytes: Buffer
  readonly index: number
  readonly last: boolean
}

/** A stream cut again, every piece but the last of that size; one without content is one empty piece. */
async function* piecesOf(source: AsyncIterable<Buffer>, size: number): AsyncGenerator<StreamPiece> {
  let index = 0
  let rest = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
    let at = 0
    // What fills a piece to its end may be the last one.
    for (; rest.length - at > size; at += size) {
      yield { bytes: rest.subarray(at, at + size), index: index++, last: false }
    }
    rest = rest.subarray(at)
  }
  yield { bytes: rest, index, last: true }
}
