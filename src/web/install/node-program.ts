import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

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
