import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

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
 * What is bundled from sources, as plain JSON: by `make` in a clone, when it is needed; the package has no sources, and has
 * it under that name.
 */
export async function bundled<T>(name: 'pages' | 'visuals' | 'agent', make: () => Promise<T>): Promise<T> {
  if (!isBuilt) return make()
  return JSON.parse(await readFile(join(BUILT, 'bundles', `${name}.json`), 'utf8')) as T
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
