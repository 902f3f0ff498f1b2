/** A file in an archive; `path` has at most 100 bytes. */
export interface TarEntry {
  readonly path: string
  readonly body: Buffer
}

const BLOCK = 512

/** A ustar archive. Owner, mode and time are always the same, so equal files make equal bytes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ path, body }) => [
    headerOf(path, body.length),
    body,
    Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK),
  ])
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

function headerOf(path: string, size: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for the archive`)
  const header = Buffer.alloc(BLOCK)
  const put = (text: string, at: number): void => void header.write(text, at, 'latin1')
  header.write(path, 0)
  put('0000644\0', 100)
  put('0000000\0', 108)
  put('0000000\0', 116)
  put(`${size.toString(8).padStart(11, '0')}\0`, 124)
  put('00000000000\0', 136)
  put(' '.repeat(8), 148)
  put('0', 156)
  put('ustar\u000000', 257)
  const sum = header.reduce((all, byte) => all + byte, 0)
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
