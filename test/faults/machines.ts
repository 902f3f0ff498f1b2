import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../../src/core/model/error.ts'
import type { AgentIdentity } from '../../src/core/model/report.ts'
import type { Backing } from '../../src/demo/cloud/api/options.ts'
import { startAgent, type Agent } from './agent.ts'

/** What is behind the fake droplets: each an HTTP server on a loopback address of its own, and an agent that reports. */
export interface Machines {
  readonly backing: Backing
  /** All listen on the same one, as the pool knows one port. */
  readonly port: number
  /** A droplet that has always been there, known by its id later. */
  begin(name: string): Promise<Machine>
  adopt(id: number, machine: Machine): void
  of(id: number): Machine | undefined
  /** Agents of droplets that boot from now on never report. */
  mute(muted: boolean): void
  /** Droplets that boot from now on answer 503 on their health path. */
  ail(ailing: boolean): void
  /** Switches one off as a person would, whatever it is doing. */
  cut(id: number): void
  /** What must never happen, in words: e.g. deleted with requests in flight. */
  readonly wrongs: string[]
  /** For what a test does by hand: its victims are nobody's fault. */
  byHand<T>(work: () => T): T
  stop(): Promise<void>
}

export interface Machine {
  readonly name: string
  readonly ip: string
  readonly on: boolean
  readonly inFlight: number
  /** Reports from now on as that member. */
  report(identity: AgentIdentity): void
}

interface Live extends Machine {
  on: boolean
  inFlight: number
  server: Server | null
  identity: AgentIdentity | null
  agent: Agent | null
}

const MOST_MS = 5000

/** `send`: how a report reaches a bot. */
export async function createMachines(
  send: (identity: AgentIdentity, body: string) => Promise<Response>,
): Promise<Machines> {
  const machines = new Map<number, Live>()
  const all = new Set<Live>()
  const wrongs: string[] = []
  let made = 0
  let muted = false
  let ailing = false
  let hands = false

  const nextIp = (): string => `127.66.${Math.floor(++made / 250)}.${(made % 250) + 1}`
  const port = await freePort(nextIp())

  async function start(machine: Live): Promise<void> {
    const ill = ailing
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://machine')
      if (url.pathname === '/health') return void response.writeHead(ill ? 503 : 200).end('here')
      machine.inFlight += 1
      let counted = true
      const ended = (): void => {
        if (counted) machine.inFlight -= 1
        counted = false
      }
      response.on('finish', ended).on('close', ended)
      void pause(Math.min(MOST_MS, Number(url.searchParams.get('ms') ?? 0))).then(() => response.end(machine.name))
    })
    server.listen(port, machine.ip)
    await once(server, 'listening')
    machine.server = server
    machine.on = true
    if (machine.identity !== null && !muted) machine.agent = startAgent(machine.identity, send)
  }

  function end(machine: Live, how: string): void {
    if (machine.inFlight > 0 && !hands)
      wrongs.push(`${machine.name} was ${how} with ${machine.inFlight} requests in flight`)
    machine.on = false
    machine.agent?.stop()
    machine.agent = null
    machine.server?.close()
    machine.server?.closeAllConnections()
    machine.server = null
  }

  function make(name: string, identity: AgentIdentity | null): Live {
    const machine: Live = {
      name,
      ip: nextIp(),
      on: false,
      inFlight: 0,
      server: null,
      identity,
      agent: null,
      report(given) {
        machine.identity = given
        machine.agent?.stop()
        machine.agent = startAgent(given, send)
      },
    }
    all.add(machine)
    return machine
  }

  const backing: Backing = {
    async boot({ id, name, userData }) {
      const machine = make(name, identityOf(userData))
      machines.set(id, machine)
      try {
        await start(machine)
      } catch (error) {
        wrongs.push(`the machine of ${name} did not start: ${messageOf(error)}`)
        throw error
      }
      return { ip: machine.ip, port }
    },
    async power({ id, name }, to) {
      const machine = machines.get(id)
      if (machine === undefined) throw new Error(`nothing is behind ${name}`)
      if (to === 'off') end(machine, 'switched off')
      else if (!machine.on) await start(machine)
    },
    async snapshot() {
      await Promise.resolve()
    },
    async destroy({ id }) {
      const machine = machines.get(id)
      if (machine === undefined) return
      machines.delete(id)
      all.delete(machine)
      end(machine, 'deleted')
      await Promise.resolve()
    },
  }

  return {
    backing,
    port,
    async begin(name) {
      const machine = make(name, null)
      await start(machine)
      return machine
    },
    adopt: (id, machine) => void machines.set(id, machine as Live),
    of: (id) => machines.get(id),
    mute: (wanted) => void (muted = wanted),
    ail: (wanted) => void (ailing = wanted),
    cut(id) {
      const machine = machines.get(id)
      hands = true
      if (machine !== undefined) end(machine, 'cut')
      hands = false
    },
    wrongs,
    byHand(work) {
      hands = true
      try {
        return work()
      } finally {
        hands = false
      }
    },
    async stop() {
      hands = true
      for (const machine of all) end(machine, 'ended')
      await Promise.resolve()
    },
  }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** As an agent finds it in its droplet's user data. */
function identityOf(userData: string): AgentIdentity | null {
  try {
    return JSON.parse(userData) as AgentIdentity
  } catch {
    return null
  }
}
