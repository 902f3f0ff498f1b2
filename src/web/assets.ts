import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { findPackageJSON, stripTypeScriptTypes } from 'node:module'
import { dirname, extname, join, relative, sep } from 'node:path'
import { SpinupError } from '../core/model/error.ts'

/** One file as the browser gets it. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** Everything the page may load, by URL path; what is not listed is not served, so no path can lead elsewhere. */
export interface Assets {
  /** null: not on the list. TypeScript is stripped to JavaScript on first use. */
  get(path: string): Promise<Asset | null>
  /** URLs of the console's modules, for preloading. */
  readonly modules: readonly string[]
  readonly styles: readonly string[]
}

const SOURCE = join(import.meta.dirname, '..')
/** Folders of `src` whose files go to browsers: the pages, and the words every chat uses. */
const SERVED = ['web/console', 'web/connect/browser', 'core/model', 'core/cards']
const VENDORED = [
  'lit-html.js',
  'directive.js',
  'directive-helpers.js',
  'directives/class-map.js',
  'directives/guard.js',
  'directives/live.js',
  'directives/repeat.js',
]
const WEIGHTS = ['400', '500', '600']
const TYPES: Readonly<Record<string, string>> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Lists the page's files; throws when the package is not installed whole. */
export async function listAssets(): Promise<Assets> {
  const files = new Map<string, string>()
  for (const folder of SERVED) {
    for (const entry of await readdir(join(SOURCE, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || TYPES[extname(entry.name)] === undefined || entry.name.endsWith('.d.ts')) continue
      const file = join(entry.parentPath, entry.name)
      files.set(`/assets/${relative(SOURCE, file).split(sep).join('/')}`, file)
    }
  }
  const lit = folderOf('lit-html')
  for (const file of VENDORED) files.set(`/vendor/lit-html/${file}`, join(lit, file))
  const inter = folderOf('@fontsource/inter')
  for (const weight of WEIGHTS) {
    const name = `inter-latin-${weight}-normal.woff2`
    files.set(`/vendor/inter/${name}`, join(inter, 'files', name))
  }

  const cache = new Map<string, Promise<Asset>>()
  const paths = [...files.keys()].toSorted()
  return {
    modules: paths.filter((path) => path.startsWith('/assets/web/console/') && path.endsWith('.ts')),
    styles: paths.filter((path) => path.startsWith('/assets/web/console/') && path.endsWith('.css')),
    async get(path) {
      const file = files.get(path)
      if (file === undefined) return null
      let asset = cache.get(path)
      if (asset === undefined) cache.set(path, (asset = load(file)))
      return asset
    },
  }
}

/** The bare names the page's modules import, for its import map. */
export const IMPORT_MAP = JSON.stringify({
  imports: { 'lit-html': '/vendor/lit-html/lit-html.js', 'lit-html/': '/vendor/lit-html/' },
})

function folderOf(name: string): string {
  const file = findPackageJSON(name, import.meta.url)
  if (file !== undefined) return dirname(file)
  throw new SpinupError('missingProgram', `The package ${name} is not installed: run npm install in Spinup's folder.`)
}

async function load(file: string): Promise<Asset> {
  const extension = extname(file)
  const raw = await readFile(file)
  const body = extension === '.ts' ? Buffer.from(stripTypeScriptTypes(raw.toString('utf8'))) : raw
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  }
}
