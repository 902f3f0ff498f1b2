import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../balancers/free-port.ts'
import { until } from '../wait.ts'

/** A real nginx before some ports of this machine, set up as its documentation has it. */
export interface Nginx {
  /** Its base URL before that port. */
  before(port: number): string
  stop(): Promise<void>
}

const run = promisify(execFile)
const PROGRAMS = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx']

/** Where nginx is; installs Debian's where it may. A text instead: why there is none. */
async function findNginx(): Promise<{ readonly program: string } | { readonly why: string }> {
  const there = async (): Promise<string | null> => {
    for (const program of PROGRAMS)
      if (
        await access(program).then(
          () => true,
          () => false,
        )
      )
        return program
    return null
  }
  const found = await there()
  if (found !== null) return { program: found }
  if (process.getuid?.() !== 0) return { why: 'nginx is not installed, and only root may install it' }
  try {
    await run('apt-get', ['update', '-qq'])
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'nginx-light'], { env })
  } catch {
    return { why: 'nginx is not installed, and apt-get cannot install nginx-light' }
  }
  const installed = await there()
  return installed === null ? { why: 'nginx was installed and is not where it was expected' } : { program: installed }
}

/** Starts nginx before `ports`; a text instead: why it cannot be. */
export async function startNginx(ports: readonly number[]): Promise<Nginx | { readonly why: string }> {
  const found = await findNginx()
  if ('why' in found) return found
  const dir = await mkdtemp(join(tmpdir(), 'spinup-nginx-'))
  const pairs = await Promise.all(ports.map(async (port) => [port, await freePort()] as const))
  const servers = pairs.map(
    ([port, own]) => `server {
    listen 127.0.0.1:${own};
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }`,
  )
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${dir}/${one};`)
  const config = `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1;
events { worker_connections 4096; }
http { access_log off; ${temporary.join(' ')}
  ${servers.join('\n  ')}
}`
  await writeFile(join(dir, 'nginx.conf'), config)
  const child = spawn(found.program, ['-p', dir, '-c', join(dir, 'nginx.conf')], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const urls = new Map(pairs.map(([port, own]) => [port, `http://127.0.0.1:${own}`]))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(dir, { recursive: true, force: true })
  }
  try {
    // Whatever it answers with: behind it may be nobody yet.
    await until(async () => Promise.all([...urls.values()].map((url) => fetch(url).then((answer) => answer.text()))))
  } catch (error) {
    await stop()
    throw error
  }
  return { before: (port) => urls.get(port) ?? '', stop }
}
