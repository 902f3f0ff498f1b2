import type { FastifyInstance } from 'fastify'
import { openFront } from '../../src/web/front.ts'
import { servePages, type PageOptions } from '../../src/web/server.ts'

export interface Served {
  readonly url: string
  readonly app: FastifyInstance
  close(): Promise<void>
}

/** The pages on a port of their own. */
export async function serve(options: PageOptions & { readonly port: number }): Promise<Served> {
  const { host, port, password = '' } = options
  const front = await openFront({ host, port, guarded: password !== '', publicUrl: options.publicUrl ?? null })
  const app = await servePages(front, options)
  const close = async (): Promise<void> => {
    await app.close()
    await front.close()
  }
  return { url: front.url, app, close }
}
