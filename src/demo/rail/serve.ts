import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import { z } from 'zod'
import type { FastifyInstance } from 'fastify'
import type { PageExtension } from '../../web/page.ts'
import { FRESH, WISHES, type FromPage, type RailState } from './browser/state.ts'
import { file } from '../../places.ts'

const wished = z.object({ wish: z.enum(WISHES) })

/** The rail beside the console: its elements, its own files, a stream of what it shows, and its buttons. */
export function createRail(tell: (message: FromPage) => void): PageExtension & { show(rail: RailState): void } {
  const pages = new Set<ServerResponse>()
  let shown = FRESH
  const event = (): string => `data: ${JSON.stringify(shown)}\n\n`
  return {
    head: '<link rel="stylesheet" href="/demo/rail.css"><script type="module" src="/demo/rail.js"></script>',
    body: '<section id="demo-rail" aria-label="The demo’s story"></section>',
    register(app) {
      serveFile(app, '/demo/rail.js', 'rail.ts', 'text/javascript', stripTypeScriptTypes)
      serveFile(app, '/demo/rail.css', 'rail.css', 'text/css')
      app.get('/demo/events', { exposeHeadRoute: false }, (_request, reply) => {
        reply.hijack()
        const page = reply.raw
        page.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
        page.write(`retry: 1000\n${event()}`)
        page.on('close', () => pages.delete(page)).on('error', () => pages.delete(page))
        if (pages.size === 0) tell({ opened: true })
        pages.add(page)
      })
      app.post('/demo/wish', { bodyLimit: 1024 }, (request, reply) => {
        const read = wished.safeParse(request.body)
        if (!read.success) return reply.code(400).send({ code: 'badInput', message: `It takes ${WISHES.join(', ')}.` })
        tell(read.data)
        return reply.code(202).send({})
      })
      app.addHook('preClose', async () => {
        for (const page of pages) page.destroy()
      })
    },
    show(rail) {
      shown = rail
      for (const page of pages) page.write(event())
    },
  }
}

function serveFile(
  app: FastifyInstance,
  path: string,
  name: string,
  type: string,
  read: (text: string) => string = (all) => all,
): void {
  const text = readFile(file(`src/demo/rail/browser/${name}`), 'utf8').then(read)
  text.catch(() => undefined)
  app.get(path, async (_request, reply) =>
    reply
      .type(`${type}; charset=utf-8`)
      .header('cache-control', 'no-cache')
      .send(await text),
  )
}
