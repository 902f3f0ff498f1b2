import { join } from 'node:path'
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { LIBRARIES, type LibraryName } from '../core/visual/visual.ts'
import { bundled, file } from '../places.ts'

/** What runs in the isolate, as plain scripts. */
export interface Bundle {
  /** Defines `kit`. */
  readonly kit: string
  /** Each defines itself in `libraries`. */
  readonly libraries: Readonly<Record<LibraryName, string>>
  /** The visualisations that are shipped, as modules, by name. */
  readonly builtIn: Readonly<Record<string, string>>
}

const HERE = file('src/visuals')
const BUILT_IN = join(HERE, 'builtin')

/** What runs in the isolate; made of what is installed, a clone takes a third of a second for it. */
export function bundle(): Promise<Bundle> {
  return bundled('visuals', bundleVisuals)
}

export async function bundleVisuals(): Promise<Bundle> {
  const { build, transform } = await import('esbuild')
  const options = {
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2024',
    minify: true,
    logLevel: 'silent',
  } as const
  const built = async (entry: string, globalName?: string): Promise<string> => {
    const { outputFiles } = await build({
      ...options,
      stdin: { contents: entry, resolveDir: HERE, loader: 'ts' },
      ...(globalName === undefined ? {} : { globalName }),
    })
    return outputFiles[0]?.text ?? ''
  }
  const library = async (name: LibraryName): Promise<readonly [LibraryName, string]> => {
    const all = `import * as all from '${name}'; (globalThis.libraries ??= {})['${name}'] = all.default ?? all`
    return [name, await built(all)]
  }
  const files = (await readdir(BUILT_IN)).filter((name) => name.endsWith('.ts'))
  const [kit, libraries, builtIn] = await Promise.all([
    built(`export { aboutOf } from './kit/about.ts'; export { draw } from './kit/run.ts'`, 'kit'),
    Promise.all(LIBRARIES.map(library)),
    Promise.all(
      files.map(async (name) => {
        const source = await readFile(join(BUILT_IN, name), 'utf8')
        const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'es2024' })
        return [basename(name, '.ts'), code] as const
      }),
    ),
  ])
  // One entry for each name.
  return { kit, libraries: Object.fromEntries(libraries) as Bundle['libraries'], builtIn: Object.fromEntries(builtIn) }
}
