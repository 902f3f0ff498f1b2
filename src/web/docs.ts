import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { messageOf, SpinupError } from '../core/model/error.ts'
import { file, ROOT } from '../places.ts'
import { asset, sendAsset, type Asset } from './assets.ts'
import { wantsPage } from './failures.ts'

/** Every file of the site, by its path there. */
type Site = ReadonlyMap<string, Asset>

/** The page that stands for those that there are not, as other servers call it too. */
const MISSING = '404.html'
/** It takes a second or two; much longer where a machine has little left. */
const BUILD_MS = 180_000
/** Nobody has to sign in to ask, so what failed is not tried again for each of them. */
const AGAIN_MS = 60_000
const run = promisify(execFile)

interface DocsOptions {
  readonly log: Logger
  /** What builds the site, in a clone; the package has none. */
  readonly source?: string
  /** Where it is built already. */
  readonly built?: string
}

/**
 * `/docs`: the documentation, for anyone, signed in or not; nothing in it is of this installation. The package has it
 * built. A clone builds it at the first visit, which takes a second or two; where the generator is not installed the page
 * says in a line what to do.
 */
export function addDocs(app: FastifyInstance, options: DocsOptions): void {
  let read: { readonly site: Promise<Site>; failedAt: number | null } | null = null
  const site = (): Promise<Site> => {
    if (read === null || (read.failedAt !== null && performance.now() - read.failedAt > AGAIN_MS)) {
      const reading = { site: pages(options), failedAt: null as number | null }
      reading.site.catch(() => (reading.failedAt = performance.now()))
      read = reading
    }
    return read.site
  }
  app.get('/docs', (_request, reply) => reply.redirect('/docs/', 302))
  app.get<{ Params: { '*': string } }>('/docs/*', async (request, reply) => {
    const name = request.params['*']
    const files = await site()
    const found = files.get(name === '' ? 'index.html' : name) ?? files.get(`${name}.html`)
    if (found !== undefined && name !== MISSING) return sendAsset(request, reply, found)
    const missing = files.get(MISSING)
    if (missing === undefined || !wantsPage(request)) {
      throw new SpinupError('notFound', 'There is no such page. The documentation begins at /docs/.')
    }
    const page = (await missing.body(null)).toString('utf8')
    // It stands for addresses of any depth.
    const fromHere = page.replaceAll(/(?<= (?:href|src)=")(?![/#]|[a-z]+:)(?:\.\/)?/g, '/docs/')
    return reply
      .code(404)
      .type(missing.type)
      .header('vary', 'accept')
      .header('cache-control', 'no-store')
      .send(fromHere)
  })
}

async function pages({
  log,
  source = file('package/docs/build.ts'),
  built = file('dist/docs'),
}: DocsOptions): Promise<Site> {
  const isClone = existsSync(source)
  try {
    return isClone ? await build(source) : await readSite(built)
  } catch (cause) {
    if (isClone && existsSync(built)) return await readSite(built)
    log.warn({ cause: messageOf(cause) }, 'there is no documentation to show')
    const how = isClone ? 'In Spinup’s folder: npm ci && npm run docs' : 'This package was made without it.'
    throw new SpinupError('unavailable', `The documentation is not built here. ${how}`, { cause })
  }
}

async function build(source: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'spinup-docs-'))
  try {
    // It has no use for the bot's tokens.
    const env = {}
    await run(process.execPath, [source, '--out', relative(ROOT, folder)], { cwd: ROOT, env, timeout: BUILD_MS })
    return await readSite(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Read once, so that no path of a request is ever one of a file. */
async function readSite(folder: string): Promise<Site> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(
      files.map(async (path) => {
        const name = relative(folder, path).replaceAll('\\', '/')
        return [name, asset(name, await readFile(path), false)] as const
      }),
    ),
  )
}
