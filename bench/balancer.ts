import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createTcp, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuiltinBalancer } from '../src/balancers/builtin/builtin.ts'
import { startBuiltinBalancer } from '../src/balancers/builtin/start.ts'
import { line, median } from './measure.ts'

// Requests a second through the built-in balancer, straight to the member, and through HAProxy where it is installed;
// measured in turns within one run, so that the machine's mood hits all alike. `node bench/balancer.ts`.
const WARM_UP = 3
const ROUNDS = 5
const ROUND_MS = 2000
const CONNECTIONS = 32
const BODY = 'x'.repeat(1024)

/** The member: as little work as a server can do. Its port goes to the parent. */
async function serveMember(): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': BODY.length }).end(BODY)
  })
  server.keepAliveTimeout = 75_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

/** Closed loop over keep-alive connections for `ROUND_MS`; answers a second and errors go to the parent. */
async function generate(port: number): Promise<void> {
  const request = `GET / HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\nAccept: text/html\r\n\r\n`
  let answers = 0
  let errors = 0
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let left = 0
    socket.on('data', (chunk) => {
      if (left === 0) {
        const text = chunk.toString('latin1')
        const bodyAt = text.indexOf('\r\n\r\n') + 4
        if (!text.startsWith('HTTP/1.1 200') || bodyAt < 4) errors += 1
        left = BODY.length - (chunk.length - bodyAt)
      } else left -= chunk.length
      if (left > 0) return
      answers += 1
      socket.write(request)
    })
    socket.on('error', () => (errors += 1))
    socket.on('connect', () => socket.write(request))
    return socket
  })
  const startedAt = performance.now()
  await new Promise((resolve) => setTimeout(resolve, ROUND_MS))
  const rate = answers / ((performance.now() - startedAt) / 1000)
  for (const socket of sockets) socket.destroy()
  process.send?.({ rate, errors })
}

function child(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [import.meta.filename, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function rate(port: number): Promise<number> {
  const generator = child('generate', String(port))
  const [told] = (await once(generator, 'message')) as [{ rate: number; errors: number }]
  generator.kill()
  if (told.errors > 0) throw new Error(`${told.errors} errors on port ${port}`)
  return told.rate
}

async function startHaproxy(dir: string, member: number): Promise<{ port: number; stop: () => void } | null> {
  if (spawnSync('haproxy', ['-v']).status !== 0) return null
  const probe = createTcp().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const port = (probe.address() as AddressInfo).port
  probe.close()
  const file = join(dir, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  nbthread 1
defaults
  mode http
  option forwardfor
  http-reuse always
  timeout connect 3s
  timeout client 60s
  timeout server 60s
listen front
  bind 127.0.0.1:${port}
  balance leastconn
  server a 127.0.0.1:${member}
`,
  )
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  await new Promise((resolve) => setTimeout(resolve, 500))
  return { port, stop: () => haproxy.kill() }
}

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'spinup-bench-'))
  const member = child('member')
  const [memberPort] = (await once(member, 'message')) as [number]
  const balancer = await startBuiltinBalancer({ dir, host: '127.0.0.1', port: 0, key: 'bench', healthPath: '/' })
  const client = createBuiltinBalancer({ control: balancer.control, key: 'bench' })
  const haproxy = await startHaproxy(dir, memberPort)
  try {
    await client.add(`http://127.0.0.1:${memberPort}`)
    while ((await client.list())[0]?.state !== 'healthy') await new Promise((resolve) => setTimeout(resolve, 20))
    const targets: readonly (readonly [string, number])[] = [
      ['direct', memberPort],
      ['builtin', Number(new URL(balancer.url).port)],
      ...(haproxy === null ? [] : [['haproxy', haproxy.port] as const]),
    ]
    const rates = new Map<string, number[]>(targets.map(([name]) => [name, []]))
    // A JavaScript process is slow until its code is compiled, so the first rounds are not counted.
    for (let round = 0; round < WARM_UP; round += 1) for (const [, port] of targets) await rate(port)
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, port] of targets) rates.get(name)?.push(await rate(port))
    const own = median(rates.get('builtin') ?? [])
    for (const [name, values] of rates) {
      const value = median(values)
      line(
        name,
        `${Math.round(value)} requests/s`,
        name === 'builtin' ? '' : `builtin: ${Math.round((own / value) * 100)} %`,
      )
    }
    if (haproxy === null) line('haproxy', 'skipped: not installed')
  } finally {
    haproxy?.stop()
    await balancer.stop()
    member.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

const [role, port] = process.argv.slice(2)
if (role === 'member') await serveMember()
else if (role === 'generate') await generate(Number(port))
else await main()
