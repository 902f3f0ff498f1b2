import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureProgram } from '../../programs.ts'
import { until } from '../../wait.ts'
import { freePort } from '../free-port.ts'

/** A real HAProxy with a front that is open to visitors and the backend `app`. */
export interface RunningHaproxy {
  readonly url: string
  /** The fronts of its other backends, by their names. */
  readonly urls: Readonly<Record<string, string>>
  /** Its runtime API on a unix socket, and the same over TCP. */
  readonly address: string
  readonly tcpAddress: string
  /** Stops it and starts it anew with the same configuration and addresses, as `systemctl restart` does. */
  restart(): Promise<void>
  /** Has it begin anew beside the old process, which serves out what it has, as `systemctl reload` does. */
  reload(): void
  stop(): Promise<void>
}

/** `servers` of the backend `app`; `others`: those of more backends, by name, each with a front of its own. */
export async function startHaproxy(
  options: { readonly servers?: readonly string[]; readonly others?: Readonly<Record<string, readonly string[]>> } = {},
): Promise<RunningHaproxy> {
  const program = await ensureProgram('haproxy')
  const dir = await mkdtemp(join(tmpdir(), 'spinup-haproxy-'))
  const [port, control] = [await freePort(), await freePort()]
  const others = Object.entries(options.others ?? {})
  const urls: Record<string, string> = {}
  const sections = [section('app', port, options.servers ?? [])]
  for (const [name, servers] of others) {
    const own = await freePort()
    urls[name] = `http://127.0.0.1:${own}`
    sections.push(section(name, own, servers))
  }
  const socket = join(dir, 'admin.sock')
  // Checks come often here. Without a time of their own they would fail after as little, on a machine with much to do.
  await writeFile(
    join(dir, 'haproxy.cfg'),
    `global
  stats socket ${socket} mode 600 level admin
  stats socket ipv4@127.0.0.1:${control} level admin
  maxconn 2000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout queue 30s
  timeout check 10s
  option redispatch
  retries 3
${sections.join('\n')}
`,
  )
  const launch = async () => {
    const child = spawn(program, ['-W', '-db', '-f', join(dir, 'haproxy.cfg')], { stdio: ['ignore', 'ignore', 'pipe'] })
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => void (told = (told + chunk.toString()).slice(-2000)))
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`HAProxy ended: ${told}`)
        const probe = connect({ path: socket })
        try {
          await once(probe, 'connect')
          return true
        } finally {
          probe.destroy()
        }
      },
      { what: 'HAProxy to start' },
    )
    return child
  }
  let child = await launch()
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
  return {
    url: `http://127.0.0.1:${port}`,
    urls,
    address: `unix:${socket}`,
    tcpAddress: `tcp://127.0.0.1:${control}`,
    async restart() {
      await end()
      child = await launch()
    },
    reload() {
      child.kill('SIGUSR2')
    },
    async stop() {
      await end()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function section(name: string, port: number, servers: readonly string[]): string {
  return `frontend visitors-${name}
  bind 127.0.0.1:${port}
  default_backend ${name}
backend ${name}
  balance leastconn
  option httpchk GET /health
${servers.map((line) => `  ${line}\n`).join('')}`
}
