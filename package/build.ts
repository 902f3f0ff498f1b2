import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleVisuals } from '../src/visuals/bundle.ts'
import { bundlePages } from '../src/web/assets.ts'
import { packAgent } from '../src/web/install/bundle.ts'
import { writeTypes } from './types.ts'

// `npm run build`: what the package runs, as JavaScript in `dist/`: the program, and every file that is started as a process
// or a thread of its own (`program('…')` in the sources). What is read and not run is packed as it is.
const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
const STARTED = /\bprogram\(\s*['`]([^'`$]+\.ts)['`]\s*\)/g
/** Loaded by name. */
const BY_NAME = 'src/visuals/builtin'

const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }
const sources = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'))
const texts = await Promise.all(sources.map((name) => readFile(join(ROOT, 'src', name), 'utf8')))
const started = texts.flatMap((text) => [...text.matchAll(STARTED)].map(([, path]) => path!))
const named = (await readdir(join(ROOT, BY_NAME)))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `${BY_NAME}/${name}`)

await rm(DIST, { recursive: true, force: true })
// The documentation: `dist/docs`. Its generator is not among the packages that a bot needs.
try {
  const { buildSite } = await import('./docs/site.ts')
  await buildSite('dist/docs')
} catch (error) {
  if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.log('left out dist/docs: its generator is not installed; npm ci brings it')
}
await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/cli/spinup.ts', ...new Set([...started, ...named])],
  outdir: DIST,
  outbase: ROOT,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  sourcemap: false,
  logLevel: 'warning',
})
// What a clone bundles when it is needed.
await mkdir(join(DIST, 'bundles'))
for (const [name, bundle] of [
  ['pages', bundlePages],
  ['visuals', bundleVisuals],
  ['agent', packAgent],
] as const)
  await writeFile(join(DIST, 'bundles', `${name}.json`), JSON.stringify(await bundle()))
// The agent looks for its version beside it.
await writeFile(join(DIST, 'package.json'), `${JSON.stringify({ type: 'module', private: true, version })}\n`)
await writeTypes(DIST)
console.log(`built ${started.length + named.length + 1} programs into dist/`)
