import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Droplet } from '../../../src/providers/provider.ts'
import { createLocalProvider } from '../../../src/providers/local/local-cloud.ts'
import type { LocalCloud } from '../../../src/providers/local/local-cloud.ts'
import { startHypervisor } from '../../../src/providers/local/start-hypervisor.ts'
import type { HypervisorStart, RunningHypervisor } from '../../../src/providers/local/start-hypervisor.ts'
import { until } from '../../wait.ts'

/** A local cloud in a temporary folder. */
export interface TestCloud {
  readonly dir: string
  readonly cloud: LocalCloud
  hypervisor(): RunningHypervisor
  /** Starts another hypervisor in the same folder, or adopts the one there. */
  again(): Promise<RunningHypervisor>
  /** Seeds a droplet whose `app.js` is this text, and waits until it is active. */
  seed(name: string, app: string, vcpus?: number): Promise<Droplet>
  active(id: string): Promise<Droplet>
  /** Stops it all and removes the folder. */
  stop(): Promise<void>
}

/** Answers with the text of `page.txt`; `/env` tells its environment, `/pid` its process. */
export const WEB_APP = `
  const { readFileSync } = require('node:fs')
  require('node:http').createServer((request, response) => {
    if (request.url === '/env') response.end(JSON.stringify(process.env))
    else if (request.url === '/pid') response.end(String(process.pid))
    else if (request.url === '/crash') process.exit(1)
    else response.end(readFileSync('page.txt'))
  }).listen(process.env.PORT, process.env.HOST)
`

export async function startCloud(options: Omit<HypervisorStart, 'dir'> = {}): Promise<TestCloud> {
  const root = await mkdtemp(join(tmpdir(), 'spinup-local-'))
  const dir = join(root, 'cloud')
  const start = (): Promise<RunningHypervisor> =>
    startHypervisor({ dir, bootMs: 150, snapshotMs: 300, launchCreditMs: 500, ...options })
  let running = await start()
  const cloud = createLocalProvider({ path: running.path })

  const active = (id: string): Promise<Droplet> =>
    until(
      async () => {
        const droplet = await cloud.get(id)
        return droplet?.status === 'active' && droplet
      },
      { what: `${id} to be active` },
    )

  return {
    dir,
    cloud,
    hypervisor: () => running,
    async again() {
      running = await start()
      return running
    },
    async seed(name, app, vcpus = 0.5) {
      const from = join(root, `image-${name}`)
      await mkdir(from, { recursive: true })
      await writeFile(join(from, 'app.js'), app)
      await writeFile(join(from, 'page.txt'), `page of ${name}`)
      await writeFile(join(from, 'big.bin'), Buffer.alloc(1_000_000, 7))
      await writeFile(
        join(from, 'droplet.json'),
        JSON.stringify({ services: [{ name: 'web', command: ['node', 'app.js'], env: { GREETING: 'hello' } }] }),
      )
      const size = { vcpus, memoryBytes: 256 * 2 ** 20 }
      const droplet = await cloud.seed({ name, from, size, dollarsPerHour: 0.006 })
      return active(droplet.id)
    },
    active,
    async stop() {
      await running.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** The body at `url`; null when nobody answers. */
export async function ask(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000), headers: { connection: 'close' } })
    return await response.text()
  } catch {
    return null
  }
}

/** The agent's configuration on a droplet's disk; null: none. */
export async function agentConfigOf(dir: string, id: string): Promise<string | null> {
  return readFile(join(dir, 'droplets', id, 'disk', 'agent.json'), 'utf8').catch(() => null)
}

/** What the hypervisor recorded of a droplet's services: process ids by name. */
export async function servicesOf(dir: string, id: string): Promise<Readonly<Record<string, number>>> {
  const state = JSON.parse(await readFile(join(dir, 'state.json'), 'utf8')) as {
    readonly droplets: readonly { readonly id: string; readonly processes: Record<string, { readonly pid: number }> }[]
  }
  const processes = state.droplets.find((droplet) => droplet.id === id)?.processes ?? {}
  return Object.fromEntries(Object.entries(processes).map(([name, process]) => [name, process.pid]))
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
