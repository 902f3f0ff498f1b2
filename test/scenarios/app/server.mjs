// A site small enough to boot in a moment: `/health`, `/slow` after half a second, and pages that cost a little CPU.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  if (request.url === '/health') return response.end('ok')
  if (request.url === '/slow') return setTimeout(() => response.end('at last'), 500)
  const until = performance.now() + Number(new URL(request.url, 'http://x').searchParams.get('ms') ?? 0)
  while (performance.now() < until);
  response.end(`served by ${process.pid}\n`)
})
server.keepAliveTimeout = 65_000
server.listen(Number(process.env.PORT), process.env.HOST)
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeIdleConnections())
