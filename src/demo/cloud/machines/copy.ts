import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'

interface Item {
  readonly path: string
  readonly kind: 'file' | 'link' | 'folder'
  readonly bytes: number
  readonly mode: number
}

export interface CopyOptions {
  /** Names at the top of the folder that stay behind. */
  readonly without?: readonly string[]
  /** The copy is slowed down to take this long, ms. */
  readonly minMs?: number
  /** Share of bytes copied, 0 to 1, rising. */
  readonly onProgress?: (progress: number) => void
}

const CHUNK_BYTES = 128 * 1024

/** Copies a folder; `to` appears whole or not at all, and what a broken attempt left is swept away first. */
export async function copyFolder(from: string, to: string, options: CopyOptions = {}): Promise<void> {
  const partial = `${to}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const items = await walk(from, '', new Set(options.without))
  const totalBytes = items.reduce((sum, item) => sum + item.bytes, 0)
  const minMs = options.minMs ?? 0
  const startedAt = performance.now()
  let copiedBytes = 0

  async function pace(): Promise<void> {
    const progress = totalBytes === 0 ? 1 : copiedBytes / totalBytes
    for (;;) {
      const leftMs = progress * minMs - (performance.now() - startedAt)
      if (leftMs <= 0) break
      // One big chunk may have to last long; progress goes on in between.
      options.onProgress?.(Math.min(progress, (performance.now() - startedAt) / minMs))
      await pause(Math.min(leftMs, 100))
    }
    options.onProgress?.(progress)
  }

  for (const item of items) {
    const target = join(partial, item.path)
    await mkdir(dirname(target), { recursive: true })
    if (item.kind === 'folder') await mkdir(target, { recursive: true })
    else if (item.kind === 'link') await symlink(await readlink(join(from, item.path)), target)
    else {
      const source = createReadStream(join(from, item.path), { highWaterMark: CHUNK_BYTES })
      const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) {
          yield chunk
          copiedBytes += chunk.length
          await pace()
        }
      }
      await pipeline(source, counted, createWriteStream(target))
      await chmod(target, item.mode)
    }
  }
  copiedBytes = totalBytes
  await pace()
  await rename(partial, to)
}

async function walk(root: string, under: string, without: ReadonlySet<string>): Promise<readonly Item[]> {
  const items: Item[] = []
  for (const entry of await readdir(join(root, under), { withFileTypes: true })) {
    if (under === '' && without.has(entry.name)) continue
    const path = join(under, entry.name)
    if (entry.isDirectory()) {
      items.push({ path, kind: 'folder', bytes: 0, mode: 0 }, ...(await walk(root, path, without)))
    } else if (entry.isSymbolicLink()) {
      items.push({ path, kind: 'link', bytes: 0, mode: 0 })
    } else if (entry.isFile()) {
      const { size, mode } = await stat(join(root, path))
      items.push({ path, kind: 'file', bytes: size, mode: mode & 0o777 })
    }
  }
  return items
}
