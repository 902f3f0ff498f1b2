import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChartTheme } from '../core/model/chart.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Asset, Assets } from './assets.ts'
import { consolePage, type PageExtension } from './page.ts'

/** Draws a chart by id; null: there is none. */
export interface ChartImages {
  png(id: string, theme: ChartTheme): Promise<Uint8Array | null>
}

/** The page at `/` and the charts it shows. */
export function addConsolePages(
  app: FastifyInstance,
  assets: Assets,
  charts: ChartImages,
  locked: boolean,
  extension: PageExtension | null,
): void {
  const page = consolePage(assets, locked, extension)
  app.get('/', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page),
  )

  app.get<{ Params: { file: string }; Querystring: { theme?: unknown } }>('/charts/:file', async (request, reply) => {
    const id = /^([\w:.-]{1,200})\.png$/.exec(request.params.file)?.[1]
    const { theme = 'light' } = request.query
    if (id === undefined || (theme !== 'dark' && theme !== 'light')) {
      throw new SpinupError('badInput', 'Charts are at /charts/ID.png?theme=dark or light.')
    }
    const png = await charts.png(id, theme)
    if (png === null) throw new SpinupError('notFound', 'That chart is no longer kept; ask for a new one.')
    const body = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    return send(request, reply, { type: 'image/png', body, etag })
  })
}

/** Scripts, styles, fonts under `prefix`: the same for everybody, so also the sign-in page gets them. */
export function addAssets(app: FastifyInstance, assets: Assets, prefix = ''): void {
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const asset = await assets.get((request.url.split('?', 1)[0] ?? '').slice(prefix.length))
    if (asset === null) throw new SpinupError('notFound', 'There is no such file.')
    return send(request, reply, asset)
  }
  app.get(`${prefix}/assets/*`, serve)
  app.get(`${prefix}/vendor/*`, serve)
}

/** Browsers keep it but ask each time whether it is still so: a new version shows at once. */
function send(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply.header('etag', asset.etag).header('cache-control', 'private, no-cache')
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
  return reply.type(asset.type).send(asset.body)
}
