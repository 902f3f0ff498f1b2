import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureProgram } from '../../programs.ts'
import { until } from '../../wait.ts'
import { freePort } from '../free-port.ts'
import { freshGet } from '../fresh-get.ts'

/** A real Caddy whose reverse_proxy has the `@id` `pool`. */
export interface RunningCaddy {
  readonly url: string
  readonly admin: string
  /** Kills it and starts it anew with the configuration it began with. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startCaddy(
  options: { readonly proxy?: object; readonly servers?: object } = {},
): Promise<RunningCaddy> {
  const program = await ensureProgram('caddy')
  const dir = await mkdtemp(join(tmpdir(), 'spinup-caddy-'))
  const [port, control] = [await freePort(), await freePort()]
  const proxy = { '@id': 'pool', handler: 'reverse_proxy', upstreams: [], ...options.proxy }
  const config = {
    admin: { listen: `127.0.0.1:${control}`, config: { persist: false } },
    logging: { logs: { default: { level: 'ERROR' } } },
    apps: {
      http: {
        servers: {
          site: {
            listen: [`127.0.0.1:${port}`],
            automatic_https: { disable: true },
            routes: [{ handle: [{ handler: 'subroute', routes: [{ handle: [proxy] }] }] }],
          },
          ...options.servers,
        },
      },
    },
  }
  const file = join(dir, 'caddy.json')
  await writeFile(file, JSON.stringify(config))
  const launch = async () => {
    const child = spawn(program, ['run', '--config', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: dir, XDG_CONFIG_HOME: dir, XDG_DATA_HOME: dir },
    })
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => void (told = (told + chunk.toString()).slice(-2000)))
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`Caddy ended: ${told}`)
        return freshGet(`http://127.0.0.1:${control}/config/`)
      },
      { what: 'Caddy to start' },
    )
    return child
  }
  let child = await launch()
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    url: `http://127.0.0.1:${port}`,
    admin: `http://127.0.0.1:${control}`,
    async restart() {
      await end()
      child = await launch()
    },
    async stop() {
      await end()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
