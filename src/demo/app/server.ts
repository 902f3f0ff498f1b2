import { createServer } from 'node:http'
import { hostname } from 'node:os'
import { createPages } from './pages.ts'
import { POSTS } from './posts.ts'
import { renderPage } from './render.ts'
import { costing } from './costing.ts'

// The demo's site: a blog that just made the front page. Run on each droplet as `node server.ts` with HOST and PORT.
const host = process.env['HOST'] ?? '127.0.0.1'
const port = Number(process.env['PORT'] ?? 9003)
const name = process.env['HOSTNAME'] ?? hostname()
const pageMs = Number(process.env['PAGE_MS'] ?? 2)
const agentUrl = process.env['SPINUP_AGENT_URL']

const pages = createPages(2000)

const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  if (path === '/health') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n')
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  const taken = pages.add(
    () => {
      const page = costing(pageMs, () => renderPage(path, name))
      response.writeHead(page.status, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': Buffer.byteLength(page.html),
        'x-served-by': name,
      })
      response.end(page.html)
    },
    () => !response.destroyed,
  )
  if (!taken) response.writeHead(503, { 'retry-after': '5' }).end('Too many visitors at once.\n')
})
// Longer than any balancer keeps an idle connection, so that it is never closed just as a request is sent on it.
server.keepAliveTimeout = 75_000

async function tell(url: string): Promise<void> {
  const stats: Record<string, number> = { queue_depth: pages.depth() }
  const pageMs = pages.takeMeanMs()
  if (pageMs !== null) stats['page_ms'] = Math.round(pageMs * 100) / 100
  await fetch(new URL('/stats', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(stats),
    signal: AbortSignal.timeout(2000),
  })
}
// The agent may start later or be restarted; the site does not depend on it.
if (agentUrl !== undefined && agentUrl !== '') setInterval(() => void tell(agentUrl).catch(() => undefined), 1000)

process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  setInterval(() => server.closeIdleConnections(), 50)
  setTimeout(() => process.exit(0), 5000)
})
// Cold code makes the first pages cost several times as much: a server that warms up before it listens is steady from its first visitor on.
const paths = ['/', ...POSTS.map(({ slug }) => `/posts/${slug}`)]
for (let count = 0; count < 60; count += 1) renderPage(paths[count % paths.length] ?? '/', name)
costing(pageMs, () => null)
server.listen({ host, port, backlog: 4096 }, () => {
  console.log(`listening on http://${host}:${(server.address() as { port: number }).port}`)
})
