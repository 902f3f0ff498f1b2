import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChartTheme } from '../core/model/chart.ts'
import { SpinupError } from '../core/model/error.ts'
import type { EpisodePage, FirstLook } from '../core/model/message.ts'
import { sendAsset, type Assets } from './assets.ts'
import { sendPacked, sendUnlessKnown } from './packed.ts'
import { AGAIN, consolePage, episodePage, policyOfWhole, type PageExtension } from './page.ts'

const ID = /^[\w-]{1,64}$/
/** The page that somebody wanted who had to sign in first. */
const MEANT = 'spinup_meant'
/** Longer addresses are cut, letters. */
const LONGEST = 1500
/** The scripts that this browser has. */
const KEPT = 'spinup_scripts'

/** Whether people open it, rather than programs. */
export function isPage(url: string): boolean {
  return /^\/(?:e\/[\w-]{1,64}|stats(?:\/wall)?|visuals)?$/.test(pathOf(url))
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

/** Leads somebody who is not signed in, as far as the browser says, to where they can; and afterwards here. */
export function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.headers['sec-fetch-site'] === 'cross-site') return reply.type('text/html; charset=utf-8').send(AGAIN)
  const meant = `${MEANT}=${encodeURIComponent(request.url.slice(0, LONGEST))}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600`
  return (pathOf(request.url) === '/' ? reply : reply.header('set-cookie', meant)).redirect('/login', 303)
}

function meantBefore({ headers }: FastifyRequest): string | null {
  const kept = new RegExp(`(?:^|;\\s*)${MEANT}=([\\w%.!~*'()-]{1,${3 * LONGEST}})(?:;|$)`).exec(
    headers.cookie ?? '',
  )?.[1]
  const url = kept === undefined ? '/' : decoded(kept)
  return url !== '/' && isPage(url) && /^[!-~]+$/.test(url) ? url : null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return '/'
  }
}

/** Draws a chart by id; null: there is none. */
export interface ChartImages {
  png(id: string, theme: ChartTheme): Promise<Uint8Array | null>
}

/** The page at `/` and the charts it shows. `locked`: behind a password. */
export function addConsolePages(
  app: FastifyInstance,
  options: {
    readonly assets: Assets
    readonly charts: ChartImages
    readonly locked: boolean
    readonly first: () => Promise<FirstLook>
    readonly extension: PageExtension | null
    readonly episode: (id: string) => Promise<EpisodePage | null>
  },
): void {
  const { assets, charts, locked, extension } = options
  app.get('/', async (request, reply) => {
    const meant = meantBefore(request)
    if (meant !== null) return reply.header('set-cookie', `${MEANT}=; Path=/; HttpOnly; Max-Age=0`).redirect(meant, 303)
    const [bundle, known] = await Promise.all([assets.bundle(), options.first()])
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
    const kept = `${KEPT}=${bundle.files.console}`
    const whole = !(request.headers.cookie ?? '').split(/;\s*/).includes(kept)
    if (whole) {
      reply.header('content-security-policy', policyOfWhole(bundle))
      reply.header('set-cookie', `${kept}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000`)
    }
    return sendPacked(request, reply, consolePage(bundle, { signedIn: locked, known, whole, extension }))
  })

  app.get<{ Params: { id: string } }>('/e/:id', async (request, reply) => {
    const { id } = request.params
    const [bundle, known] = await Promise.all([assets.bundle(), ID.test(id) ? options.episode(id) : null])
    if (known === null) {
      const message = 'What was at this address is no longer known, or belongs to another team.'
      throw new SpinupError('notFound', message)
    }
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
    return sendPacked(request, reply, episodePage(bundle, known))
  })

  app.get<{ Params: { file: string }; Querystring: { theme?: unknown } }>('/charts/:file', async (request, reply) => {
    const id = /^([\w:.-]{1,200})\.png$/.exec(request.params.file)?.[1]
    const { theme = 'light' } = request.query
    if (id === undefined || (theme !== 'dark' && theme !== 'light')) {
      throw new SpinupError('badInput', 'Charts are at /charts/ID.png?theme=dark or light.')
    }
    const png = await charts.png(id, theme)
    if (png === null) throw new SpinupError('notFound', 'That chart is no longer kept; ask for a new one.')
    const body = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
    reply.header('cache-control', 'private, no-cache').type('image/png')
    return sendUnlessKnown(request, reply, body)
  })
}

/** Scripts, styles, fonts under `prefix`: the same for everybody, so also the sign-in page gets them. */
export function addAssets(app: FastifyInstance, assets: Assets, prefix = ''): void {
  app.get<{ Params: { file: string } }>(`${prefix}/assets/:file`, async (request, reply) => {
    const { file } = request.params
    const asset = await assets.get(file)
    if (asset === null) throw new SpinupError('notFound', 'There is no such file.')
    return sendAsset(request, reply, asset)
  })
}
