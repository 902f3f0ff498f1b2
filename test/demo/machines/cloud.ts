import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BackedDroplet } from '../../../src/demo/cloud/api/options.ts'
import { createMachines, type MachinesOptions, type OwnMachines } from '../../../src/demo/cloud/machines/machines.ts'
import { quiet } from '../../redis.ts'

/** Machines in a temporary folder. */
export interface TestMachines extends OwnMachines {
  readonly dir: string
  /** Puts the first one there with this text as its `app.js`; its base URL. */
  seedApp(app: string): Promise<string>
  /** One made of that image; its base URL. */
  clone(id: number, imageId: string): Promise<string>
  /** Stops it all and removes the folder. */
  clear(): Promise<void>
}

export const ORIGIN = 1

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

/** A droplet as the API tells its machine of it. */
export function droplet(id: number, imageId = ''): BackedDroplet {
  const metadataUrl = `http://127.0.0.1:1/droplets/${id}`
  return { id, name: `web-${id}`, region: 'nyc3', size: 's', imageId, userData: '', tags: [], metadataUrl }
}

export async function startMachines(
  options: Partial<MachinesOptions> & { readonly root?: string } = {},
): Promise<TestMachines> {
  const root = options.root ?? (await mkdtemp(join(tmpdir(), 'spinup-machines-')))
  const dir = join(root, 'cloud')
  const usual = { dir, bootMs: 150, snapshotMs: 300, launchCreditMs: 500, vcpus: 0.5, log: quiet }
  const machines = await createMachines({ ...usual, ...options })
  return {
    ...machines,
    dir,
    async seedApp(app) {
      const from = join(root, 'image')
      await mkdir(from, { recursive: true })
      await writeFile(join(from, 'app.js'), app)
      await writeFile(join(from, 'page.txt'), 'page of web')
      await writeFile(join(from, 'big.bin'), Buffer.alloc(1_000_000, 7))
      const services = [{ name: 'web', command: ['node', 'app.js'], env: { GREETING: 'hello' } }]
      await writeFile(join(from, 'droplet.json'), JSON.stringify({ services }))
      await machines.seed(droplet(ORIGIN), from)
      return urlOf(machines.first)
    },
    clone: async (id, imageId) => urlOf(await machines.boot(droplet(id, imageId))),
    async clear() {
      await machines.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

function urlOf({ ip, port }: { readonly ip: string; readonly port?: number }): string {
  return `http://${ip}:${port}`
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
export async function agentConfigOf(machines: OwnMachines, id: number): Promise<string | null> {
  return readFile(join(machines.disk(id), 'agent.json'), 'utf8').catch(() => null)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
