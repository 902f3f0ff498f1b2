import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { bundled, ROOT, VERSION } from '../../places.ts'

/** Bytes to be fetched, and the SHA-256 (hex) that tells whether they arrived whole. */
export interface Download {
  readonly body: Buffer
  readonly sha256: string
}

const ENTRY = 'agent/main.ts'
const SPECIFIER = /((?:\bfrom|\bimport)\s*\(?\s*['"])(\.[^'"]+)\.ts(['"])/g

/** The agent as JavaScript in a `.tgz`: `agent/` and the few files of `src/core/model` it needs. The same bytes each time. */
export async function bundleAgent(): Promise<Download> {
  const body = Buffer.from(await bundled('agent', packAgent), 'base64')
  return { body, sha256: sha256Of(body) }
}

/** The same in base64. */
export async function packAgent(): Promise<string> {
  const files = new Map<string, string>()
  const queue = [ENTRY]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (files.has(path)) continue
    // Imports of types alone are gone after this, and what they name is not sent.
    const code = stripTypeScriptTypes(await readFile(join(ROOT, path), 'utf8'))
    files.set(path, code.replaceAll(SPECIFIER, '$1$2.js$3').replaceAll(/[ \t]+$/gm, ''))
    for (const [, , target] of code.matchAll(SPECIFIER)) {
      queue.push(normalize(join(dirname(path), `${target}.ts`)).replaceAll('\\', '/'))
    }
  }
  const entries: TarEntry[] = [...files]
    .map(([path, code]) => ({ path: path.replace(/\.ts$/, '.js'), body: Buffer.from(code) }))
    .toSorted((a, b) => a.path.localeCompare(b.path))
  const about = { type: 'module', private: true, version: VERSION }
  entries.unshift({ path: 'package.json', body: Buffer.from(`${JSON.stringify(about)}\n`) })
  return (await promisify(gzip)(tarOf(entries), { level: 9 })).toString('base64')
}

export function sha256Of(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A file in an archive; `path` has at most 100 bytes. */
export interface TarEntry {
  readonly path: string
  readonly body: Buffer
}

const BLOCK = 512

/** A ustar archive. Owner, mode and time are always the same, so equal files make equal bytes. */
function tarOf(entries: readonly TarEntry[]): Buffer {
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

/** This bot's own Node, packed, for droplets that have none. */
export interface NodeProgram {
  readonly arch: string
  readonly file: string
  readonly sha256: string
}

/**
 * Packs the Node that runs this bot into `folder`, once for each version (some 3 s). Null where it would not run
 * elsewhere: anything but Linux with glibc, or a Node that is linked against libraries of its distribution.
 */
export async function packNode(folder: string): Promise<NodeProgram | null> {
  // Newer than its types.
  const { node_shared: shared } = process.config.variables as { readonly node_shared?: boolean }
  if (process.platform !== 'linux' || !glibc() || shared === true) return null
  const { size, mtimeMs } = await stat(process.execPath)
  const file = join(folder, `node-${process.version}-${process.arch}-${size}-${Math.floor(mtimeMs)}.gz`)
  const known = await stat(file).catch(() => null)
  if (known === null) {
    const draft = join(await mkdtemp(join(folder, 'node-')), 'node.gz')
    try {
      await pipeline(createReadStream(process.execPath), createGzip({ level: 4 }), createWriteStream(draft))
      await rename(draft, file)
    } finally {
      await rm(join(draft, '..'), { recursive: true, force: true })
    }
  }
  const hash = createHash('sha256').update(await readFile(file))
  return { arch: process.arch, file, sha256: hash.digest('hex') }
}

function glibc(): boolean {
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime !== undefined
}
