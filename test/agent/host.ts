import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../wait.ts'

const MAIN = join(import.meta.dirname, '../../agent/main.ts')

/** As the kernel counts time, only finer. */
const jiffies = (ms: number): number => Math.round(ms * 10)

/** A host with a load that is set by hand, and a real agent on it. */
export interface Host {
  /** CPU used, 0 to 1, from now on. */
  load: number
  readonly configFile: string
  /** Every line the agent logged. */
  log(): readonly Record<string, unknown>[]
  /** What `GET /health` says. */
  health(): Promise<Record<string, unknown>>
  /** Where its ports came to be; waits until they are open. */
  address(name: 'report API' | 'StatsD'): Promise<string>
  config(): Promise<Record<string, unknown>>
  readonly agent: ChildProcess
  stop(): Promise<void>
}

/** Starts an agent with `config`, reading a /proc of its own; ports are chosen by the system unless given. */
export async function startHost(
  config: Readonly<Record<string, unknown>>,
  options: {
    readonly load?: number
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    /** The agent's program, if not the one of this folder. */
    readonly main?: string
  } = {},
): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'spinup-agent-'))
  const proc = join(folder, 'proc')
  await mkdir(proc)
  const configFile = join(folder, 'agent.json')
  await writeFile(configFile, JSON.stringify(config))

  let load = options.load ?? 0.01
  let busy = 0
  let total = 0
  let last = performance.now()
  async function write(): Promise<void> {
    const now = performance.now()
    busy += (now - last) * load
    total += now - last
    last = now
    await replace('stat', `cpu  ${jiffies(busy)} 0 0 ${jiffies(total - busy)} 0 0 0 0 0 0\ncpu0 0 0 0 0\n`)
    await replace('meminfo', 'MemTotal: 1000 kB\nMemAvailable: 600 kB\n')
  }
  async function replace(name: string, text: string): Promise<void> {
    await writeFile(join(proc, `${name}.new`), text)
    await rename(join(proc, `${name}.new`), join(proc, name))
  }
  await write()
  let writing = Promise.resolve()
  const ticking = setInterval(() => {
    writing = writing.then(write)
  }, 40)

  const args = ['--config', configFile, '--listen', '127.0.0.1:0', '--statsd', '127.0.0.1:0', ...(options.args ?? [])]
  const agent = spawn(process.execPath, [options.main ?? MAIN, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, SPINUP_AGENT_PROC: proc, ...options.env },
  })
  let text = ''
  agent.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const log = (): Record<string, unknown>[] => {
    const lines = text.split('\n').slice(0, -1)
    return lines.map((line): Record<string, unknown> => JSON.parse(line))
  }
  const address = (name: string): Promise<string> =>
    until(() => log().find(({ msg }) => String(msg).includes(`${name} is open`))?.['address'], {
      what: `${name} to open: ${text}`,
    }).then(String)

  return {
    get load() {
      return load
    },
    set load(value) {
      load = value
    },
    configFile,
    log,
    address,
    async health() {
      const answer = await fetch(`http://${await address('report API')}/health`, {
        signal: AbortSignal.timeout(20_000),
      })
      const body: Record<string, unknown> = JSON.parse(await answer.text())
      return body
    },
    config: async () => JSON.parse(await readFile(configFile, 'utf8')),
    agent,
    async stop() {
      if (agent.exitCode === null && agent.signalCode === null) {
        agent.kill('SIGTERM')
        await once(agent, 'exit')
      }
      clearInterval(ticking)
      await writing
      await rm(folder, { recursive: true, force: true })
    },
  }
}
