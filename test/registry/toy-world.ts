import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Machines } from '../../src/demo/cloud/machines/machines.ts'
import { startMachines } from '../../src/demo/cloud/machines/start.ts'
import type { ToyMembers } from './toy-balancer/balancer.ts'
import type { ToyMachine } from './toy-cloud/api.ts'

export const TOKEN = 'toy_0123456789abcdef'
export const KEY = 'the toy balancer’s key'.replaceAll(/\W/g, '-')

/** What the toys speak to: a cloud whose machines are processes, and a balancer that only keeps a list. */
export interface ToyWorld {
  readonly cloudUrl: string
  readonly balancerUrl: string
  /** The app's, on every machine. */
  readonly port: number
  machines(): readonly ToyMachine[]
  members(): ToyMembers
  /** Does on the origin what the install line does. */
  runInstallLine(line: string): Promise<void>
  stop(): Promise<void>
}

export const ORIGIN = { id: 1, name: 'blocks' }
const AGENT = join(import.meta.dirname, '../../agent/main.ts')
const APP = join(import.meta.dirname, '../scenarios/app')

export async function startToyWorld(dir: string): Promise<ToyWorld> {
  const agentCommand = [process.execPath, AGENT]
  const backing = await startMachines({ dir, bootMs: 300, snapshotMs: 200, vcpus: 0.3, agentCommand })
  const machines = new Map<number, ToyMachine>()
  const copies = new Map<string, { readonly id: string; complete: boolean }>()
  const closing: (() => Promise<void>)[] = [backing.stop]

  const cloud = await serve(closing, TOKEN, async (method, path, body) => {
    const [, , id = '', what] = path.split('/')
    const known = machines.get(Number(id))
    if (path === '/machines' && method === 'GET') return [...machines.values()]
    if (path === '/machines') return make(body as Order)
    if (known === undefined) return null
    if (method === 'GET') return known
    if (method === 'DELETE') {
      machines.delete(Number(id))
      await backing.destroy(asBacked(known))
      return {}
    }
    if (what === 'power') {
      const { to } = body as { readonly to: 'on' | 'off' }
      await backing.power(asBacked(known), to)
      machines.set(Number(id), { ...known, on: to === 'on' })
      return {}
    }
    const { name } = body as { readonly name: string }
    if (!copies.has(name)) void copy(known, name)
    return { ...copies.get(name), progress: copies.get(name)?.complete === true ? 1 : 0.5 }
  })
  const members = new Map<string, 'serving' | 'draining'>()
  const balancer = await serve(closing, KEY, async (method, _path, body) => {
    if (method === 'PUT') {
      const { member, state } = body as { readonly member: string; readonly state: 'serving' | 'draining' | null }
      if (state === null) members.delete(member)
      else members.set(member, state)
    }
    return Object.fromEntries(members)
  })

  interface Order {
    readonly name: string
    readonly image: string
    readonly tags: readonly string[]
    readonly userData: string
  }
  async function copy(machine: ToyMachine, name: string): Promise<void> {
    copies.set(name, { id: name, complete: false })
    await backing.snapshot(asBacked(machine), name)
    copies.set(name, { id: name, complete: true })
  }
  function make({ name, image, tags, userData }: Order): ToyMachine {
    const id = 2 + copies.size * 100 + machines.size
    const machine = { id: String(id), name, on: true, ip: null, port: backing.first.port, tags, madeAt: Date.now() }
    machines.set(id, machine)
    void backing.boot(asBacked(machine, image)).then(({ ip }) => {
      machines.set(id, { ...machine, ip })
      return backing.installAgent(id, userData)
    })
    return machine
  }
  function asBacked({ id, name }: ToyMachine, imageId = '') {
    // No metadata service: a clone's agent is told who it is by its user data alone.
    const rest = { region: '', size: '', userData: '', tags: [], metadataUrl: 'http://127.0.0.1:9' }
    return { ...rest, id: Number(id), name, imageId }
  }

  const { ip, port } = backing.first
  const origin = { id: String(ORIGIN.id), name: ORIGIN.name, on: true, ip, port, tags: [], madeAt: Date.now() }
  machines.set(ORIGIN.id, origin)
  await backing.seed(asBacked(origin), APP)
  return {
    cloudUrl: cloud,
    balancerUrl: balancer,
    port,
    machines: () => [...machines.values()],
    members: () => Object.fromEntries(members),
    runInstallLine: (line) => installed(backing, line),
    async stop() {
      for (const step of closing.toReversed()) await step()
    },
  }
}

async function installed(backing: Machines, line: string): Promise<void> {
  const [, url, enrol] = /'(https?:[^\s']+)\/install\.sh\?key=([^\s'&]+)/.exec(line) ?? []
  await backing.installAgent(ORIGIN.id, JSON.stringify({ url, enrol, host: ORIGIN.name }))
}

/** Answers null with 404, and whoever lacks the key with 401. */
async function serve(
  closing: (() => Promise<void>)[],
  key: string,
  answer: (method: string, path: string, body: unknown) => Promise<unknown>,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      if (request.headers.authorization !== `Bearer ${key}`) return response.writeHead(401).end('{}')
      const text = await readAll(request)
      const body: unknown = text === '' ? null : JSON.parse(text)
      const told = await answer(request.method ?? 'GET', request.url ?? '/', body)
      return response.writeHead(told === null ? 404 : 200).end(JSON.stringify(told ?? {}))
    })().catch(() => response.writeHead(500).end('{}'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}
