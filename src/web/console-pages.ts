import type { FastifyInstance } from 'fastify'
import type { ChartTheme } from '../core/model/chart.ts'
import { SpinupError } from '../core/model/error.ts'
import type { FirstLook } from '../core/model/message.ts'
import type { Assets } from './assets.ts'
import { encodingFor, sendPacked, sendUnlessKnown } from './packed.ts'
import { consolePage, type PageExtension } from './page.ts'

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
  },
): void {
  const { assets, charts, locked, extension } = options
  app.get('/', async (request, reply) => {
    const [bundle, known] = await Promise.all([assets.bundle(), options.first()])
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
    return sendPacked(request, reply, consolePage(bundle, locked, known, extension))
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
    const text = /^text|^image\/svg/.test(asset.type)
    const encoding = text ? encodingFor(request) : null
    // What is named by its content never changes; of the rest, browsers ask each time whether it is still so.
    reply
      .type(asset.type)
      .header('cache-control', asset.named ? 'public, max-age=31536000, immutable' : 'private, no-cache')
    if (text) reply.header('vary', 'accept-encoding')
    if (encoding !== null) reply.header('content-encoding', encoding)
    return sendUnlessKnown(request, reply, await asset.body(encoding))
  })
}
