import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Spinup's own folder, where its package.json is: a clone of it, or the installed package. */
export const ROOT = rootFrom(import.meta.dirname)

/** Of this Spinup, as in its package.json. */
export const VERSION = (JSON.parse(readFileSync(file('package.json'), 'utf8')) as { readonly version: string }).version

const BUILT = join(ROOT, 'dist')
const isBuilt = import.meta.dirname.startsWith(BUILT)

/**
 * The file of a process or a thread of Spinup's, by its path from the root: in a clone the source itself, in the package
 * what it was built into, since Node runs no TypeScript below `node_modules`.
 */
export function program(path: `${string}.ts`): string {
  return isBuilt ? join(BUILT, path.replace(/\.ts$/, '.js')) : join(ROOT, path)
}

/**
 * What is bundled from sources, as plain JSON: by `make` in a clone, once for as long as the sources stay as they are; the
 * package has no sources, and has it under that name.
 */
export async function bundled<T>(name: 'pages' | 'visuals' | 'agent', make: () => Promise<T>): Promise<T> {
  if (isBuilt) return JSON.parse(await readFile(join(BUILT, 'bundles', `${name}.json`), 'utf8')) as T
  marking ??= sourcesMark()
  const kept = join(KEPT, `${name}-${marking}.json`)
  try {
    return JSON.parse(await readFile(kept, 'utf8')) as T
  } catch {
    // Not made yet, or not wholly there.
  }
  const made = await make()
  // A clone that can't be written to bundles again at each start.
  await keep(name, kept, JSON.stringify(made)).catch(() => undefined)
  return made
}

const KEPT = join(ROOT, '.build/bundles')
let marking: string | null = null

/** Changes with any source, any package and Node. */
function sourcesMark(): string {
  const sources = ['src', 'agent'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  const packages = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json']
  const marks = [...sources.toSorted(), ...packages.map(file)].map((path) => {
    const stats = statSync(path, { throwIfNoEntry: false })
    return `${path} ${stats?.size} ${stats?.mtimeMs}`
  })
  return createHash('sha256')
    .update([process.version, ...marks].join('\n'))
    .digest('hex')
    .slice(0, 16)
}

async function keep(name: string, path: string, text: string): Promise<void> {
  await mkdir(KEPT, { recursive: true })
  const draft = `${path}.${process.pid}`
  await writeFile(draft, text)
  await rename(draft, path)
  const older = (await readdir(KEPT)).filter((file) => file.startsWith(`${name}-`) && file !== basename(path))
  await Promise.all(older.map((file) => rm(join(KEPT, file), { force: true })))
}

/** A file that is read, and not run: the same in both. */
export function file(path: string): string {
  return join(ROOT, path)
}

function rootFrom(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly name?: unknown }
    if (name === 'spinup') return folder
  } catch {
    // Not here; further up.
  }
  const above = dirname(folder)
  if (above === folder) throw new Error('Spinup does not find its own package.json; install it again.')
  return rootFrom(above)
}
