// A site as many are: pages that cost CPU, pages that wait for another service, connections that stay open, and a job
// that somebody starts. Everything runs on the droplet, so everything counts as its CPU.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

/** CPU time of a page, µs: the same on a fast machine and on one that is stopped by its quota half of the time. */
const PAGE_US = 8000
const UPSTREAM_MS = 1000
const BEAT_MS = 15_000

function render() {
  const { user, system } = process.threadCpuUsage()
  let spent = 0
  while (spent < PAGE_US) {
    const now = process.threadCpuUsage()
    spent = now.user + now.system - user - system
  }
  return 'A page.\n'
}

// One page at a time, with the loop let go between two of them: an overloaded site is slow, not dead.
const waiting = []
function page(response) {
  waiting.push(response)
  if (waiting.length === 1) setImmediate(next)
}
function next() {
  const response = waiting[0]
  if (!response.destroyed) response.end(render())
  waiting.shift()
  if (waiting.length > 0) setImmediate(next)
}

function keepOpen(response, type, piece) {
  response.writeHead(200, { 'content-type': type })
  response.write(piece)
  const beat = setInterval(() => response.write(piece), BEAT_MS)
  response.on('close', () => clearInterval(beat))
}

/** As cron does: a program of its own, that gives way to everybody else. */
function startJob(response) {
  const job = spawn('nice', ['-n', '19', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' })
  process.on('exit', () => job.kill('SIGKILL'))
  response.end(`job ${job.pid}\n`)
}

const server = createServer((request, response) => {
  const path = request.url.split('?')[0]
  if (path === '/health') return response.end('ok')
  if (path === '/events') return keepOpen(response, 'text/event-stream', 'data: still here\n\n')
  if (path === '/download') return keepOpen(response, 'application/octet-stream', Buffer.alloc(512))
  if (path === '/jobs' && request.method === 'POST') return startJob(response)
  if (path === '/upstream') return setTimeout(() => page(response), UPSTREAM_MS)
  page(response)
})
server.on('upgrade', (request, socket) => {
  socket.on('error', () => undefined)
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
  const beat = setInterval(() => socket.write(Buffer.from([0x89, 0x00])), BEAT_MS)
  socket.on('close', () => clearInterval(beat))
  socket.resume()
})
server.keepAliveTimeout = 65_000
server.listen(Number(process.env.PORT), process.env.HOST)
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
  setTimeout(() => process.exit(0), 500)
})
