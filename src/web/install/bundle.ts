import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { z } from 'zod'
import { tarOf, type TarEntry } from './tar.ts'

/** Bytes to be fetched, and the SHA-256 (hex) that tells whether they arrived whole. */
export interface Download {
  readonly body: Buffer
  readonly sha256: string
}

const ROOT = join(import.meta.dirname, '../../..')
const ENTRY = 'agent/main.ts'
const SPECIFIER = /((?:\bfrom|\bimport)\s*\(?\s*['"])(\.[^'"]+)\.ts(['"])/g

/** The agent as JavaScript in a `.tgz`: `agent/` and the few files of `src/core/model` it needs. The same bytes each time. */
export async function bundleAgent(): Promise<Download> {
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
  const about = { type: 'module', private: true, version: await agentVersion() }
  entries.unshift({ path: 'package.json', body: Buffer.from(`${JSON.stringify(about)}\n`) })
  const body = await promisify(gzip)(tarOf(entries), { level: 9 })
  return { body, sha256: sha256Of(body) }
}

/** The version of the agent that this bot hands out: its own. */
export async function agentVersion(): Promise<string> {
  const about = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')))
  return about.version
}

export function sha256Of(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
