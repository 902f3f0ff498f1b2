import type { FastifyInstance } from 'fastify'
import type { Assets } from './assets.ts'
import { sendPacked } from './packed.ts'
import { html, linked } from './page.ts'

/** `GET /visuals`: where a team writes its own visualisations. */
export function addVisualsPage(app: FastifyInstance, { assets }: { readonly assets: Assets }): void {
  app.get('/visuals', async (request, reply) => {
    const { files } = await assets.bundle()
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
    const head = `${linked(files)}
<link rel="stylesheet" href="/assets/${files['visuals-style']}">
<script type="module" src="/assets/${files.visuals}"></script>`
    const body = `<div id="visuals"></div>
<noscript><p class="noscript">The editor needs JavaScript. From a terminal, <code>spinup visual push DIR</code> works without.</p></noscript>`
    return sendPacked(request, reply, html(head, 'Visualisations · Spinup', body))
  })
}
