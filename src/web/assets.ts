import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { encodingFor, pack, sendUnlessKnown, type Encoding } from './packed.ts'
import { bundled, file, ROOT } from '../places.ts'

/** One file as the browser gets it. */
export interface Asset {
  readonly type: string
  /** Compressed once. */
  body(encoding: Encoding): Promise<Buffer>
  /** Its name changes with what is in it, so a browser never has to ask again. */
  readonly named: boolean
}

/** What a page is made of: the scripts, styles and fonts, bundled. */
export interface Bundle {
  /** The file of each entry, by its name here: `console`, `connect-style`, … */
  readonly files: Readonly<Record<Entry, string>>
  /** What a page can have in it instead. */
  readonly texts: Readonly<Record<'first' | 'console' | 'console-style', string>>
  /** Sources that went into it, from Spinup's folder on. */
  readonly sources: readonly string[]
}

/** Everything a page may load, by file name; what is not listed is not served, so no path can lead elsewhere. */
export interface Assets {
  /** In a clone the first call bundles, which takes some tenths of a second; rejects with `unavailable` when that does not work. */
  bundle(): Promise<Bundle>
  /** null: not on the list. An entry is there by its plain name, too (`connect.js`), for pages that are made beforehand. */
  get(name: string): Promise<Asset | null>
  /** Has everything ready for the first visitor. */
  warm(): Promise<void>
}

/** The most there is, 11, takes ten times as long, for a fifteenth less. */
const EFFORT = 9
const HERE = file('src/web')
const ENTRIES = {
  console: 'console/main.ts',
  shared: 'console/shared.ts',
  first: 'console/first.ts',
  episode: 'console/episode.ts',
  stats: 'stats/main.ts',
  visuals: 'visuals/main.ts',
  connect: 'connect/browser/connect.ts',
  'console-style': 'console/styles/console.css',
  'stats-style': 'stats/styles/stats.css',
  'visuals-style': 'visuals/visuals.css',
  'connect-style': 'connect/browser/connect.css',
} as const
type Entry = keyof typeof ENTRIES
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  webp: 'image/webp',
  woff2: 'font/woff2',
}

export function createAssets(): Assets {
  let bundled: Promise<{ readonly bundle: Bundle; readonly files: ReadonlyMap<string, Asset> }> | null = null
  const made = (): NonNullable<typeof bundled> => {
    bundled ??= build().catch((cause: unknown) => {
      bundled = null
      throw new SpinupError('unavailable', `The page could not be put together: ${messageOf(cause)}`, { cause })
    })
    return bundled
  }
  return {
    bundle: async () => (await made()).bundle,
    async get(name) {
      if (name === 'icon.svg') return asset(name, await readFile(join(HERE, 'console/icon.svg')), false)
      const { bundle, files } = await made()
      const [, entry = '', kind = ''] = /^([a-z-]+)\.(js|css)$/.exec(name) ?? []
      const plainly = Object.entries(bundle.files).find(([one, file]) => one === entry && file.endsWith(`.${kind}`))
      const found = files.get(plainly?.[1] ?? name) ?? null
      return found === null || plainly === undefined ? found : { ...found, named: false }
    },
    warm: async () => void (await made()),
  }
}

async function build(): Promise<{ readonly bundle: Bundle; readonly files: ReadonlyMap<string, Asset> }> {
  const { bodies, ...bundle } = await bundled('pages', bundlePages)
  const files = Object.entries(bodies).map(([name, { plain, brotli }]) => {
    const packed = brotli === null ? null : Buffer.from(brotli, 'base64')
    return [name, asset(name, Buffer.from(plain, 'base64'), true, packed)] as const
  })
  return { bundle, files: new Map(files) }
}

/** A file's bytes in base64, and by brotli where that helps. */
interface Body {
  readonly plain: string
  readonly brotli: string | null
}

/** The pages' bundle with every file of it by its name. */
export async function bundlePages(): Promise<Bundle & { readonly bodies: Readonly<Record<string, Body>> }> {
  const { build: run, stop } = await import('esbuild')
  const { outputFiles, metafile } = await run({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(ENTRIES).map(([out, path]) => ({ in: join(HERE, path), out })),
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.woff2': 'file' },
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    logLevel: 'silent',
  })
  // Its process is not needed any more.
  await stop()
  const nameOf = (entry: Entry): string => {
    const source = join('src/web', ENTRIES[entry])
    const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)
    return basename(found?.[0] ?? '')
  }
  const files = Object.fromEntries(Object.keys(ENTRIES).map((entry) => [entry, nameOf(entry as Entry)]))
  const text = (entry: Entry): string => outputFiles.find(({ path }) => basename(path) === nameOf(entry))?.text ?? ''
  const texts = {
    // In a page `<!--` would begin a comment; esbuild sees to `</script` itself.
    first: text('first').replaceAll('<!--', String.raw`\x3C!--`),
    console: text('console').replaceAll('<!--', String.raw`\x3C!--`),
    'console-style': text('console-style').replaceAll(/(?<=url\(["']?)\.\//g, '/assets/'),
  }
  return {
    files: files as Bundle['files'],
    texts,
    sources: Object.keys(metafile.inputs),
    bodies: Object.fromEntries(
      await Promise.all(outputFiles.map(async ({ path, contents }) => [basename(path), await bodyOf(path, contents)])),
    ),
  }
}

async function bodyOf(path: string, contents: Uint8Array): Promise<Body> {
  const plain = Buffer.from(contents)
  const brotli = isText(typeOf(path)) ? await pack(plain, 'br', EFFORT) : null
  return { plain: plain.toString('base64'), brotli: brotli?.toString('base64') ?? null }
}

function typeOf(name: string): string {
  return TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}

function isText(type: string): boolean {
  return /^text|^image\/svg|json/.test(type)
}

/** A file as browsers get it, of the type that its name has; `brotli`: packed already. */
export function asset(name: string, body: Buffer, named: boolean, brotli: Buffer | null = null): Asset {
  const packed = new Map<Encoding, Promise<Buffer>>(brotli === null ? [] : [['br', Promise.resolve(brotli)]])
  return {
    type: typeOf(name),
    named,
    body(encoding) {
      const known = packed.get(encoding) ?? pack(body, encoding, EFFORT)
      packed.set(encoding, known)
      return known
    },
  }
}

/** Sends it compressed where that helps; what is named by its content never changes, of the rest browsers ask each time. */
export async function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): Promise<FastifyReply> {
  const text = isText(asset.type)
  const encoding = text ? encodingFor(request) : null
  reply
    .type(asset.type)
    .header('cache-control', asset.named ? 'public, max-age=31536000, immutable' : 'private, no-cache')
  if (text) reply.header('vary', 'accept-encoding')
  if (encoding !== null) reply.header('content-encoding', encoding)
  return sendUnlessKnown(request, reply, await asset.body(encoding))
}
