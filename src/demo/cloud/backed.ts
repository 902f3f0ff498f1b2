import { SpinupError } from '../../core/model/error.ts'
import { startDigitalOcean, type FakeDigitalOcean } from './api/digitalocean.ts'
import type { DigitalOceanOptions } from './api/options.ts'
import type { Machines, MachinesOptions } from './machines/machines.ts'
import './machines/one-address.ts'
import { startMachines } from './machines/start.ts'
import { program } from '../../places.ts'

/** A stand-in whose droplets are processes on this machine: they serve, are slow under load, and report by their agents. */
export interface BackedDigitalOcean extends FakeDigitalOcean {
  /** The team's own droplet, in the account from the start. */
  readonly originId: number
  /** Every droplet's app listens there. */
  readonly appPort: number
  readonly machines: Machines
  /** Does on a droplet (the origin unless given) what the install line does, whose key is all that is read of it. */
  runInstallLine(line: string, dropletId?: number): Promise<void>
}

export interface BackedOptions
  extends Omit<MachinesOptions, 'agentCommand' | 'log'>, Omit<DigitalOceanOptions, 'backing'> {
  /** A folder with a `droplet.json`: the origin's disk. */
  readonly appDir: string
  readonly originName: string
  /** What load balancers ask of a droplet. */
  readonly healthPath: string
}

const AGENT = program('agent/main.ts')
const PROBE_MS = 250
const PROBE_DEADLINE_MS = 1000

/** Starts it with its origin running. */
export async function startBackedDigitalOcean(options: BackedOptions): Promise<BackedDigitalOcean> {
  const { dir, bootMs, snapshotMs, vcpus, launchCreditMs, agentPort, ownAddresses = false } = options
  const agentCommand = [process.execPath, AGENT]
  const machines = await startMachines({
    dir,
    bootMs,
    snapshotMs,
    vcpus,
    ownAddresses,
    agentCommand,
    ...(launchCreditMs === undefined ? {} : { launchCreditMs }),
    ...(agentPort === undefined ? {} : { agentPort }),
  })
  const answers = new Map<string, boolean>()
  let fake: FakeDigitalOcean
  try {
    fake = await startDigitalOcean({ ...options, backing: machines, healthy: ({ ip }) => answers.get(ip) === true })
  } catch (error) {
    await machines.stop()
    throw error
  }
  const { ip, port } = machines.first
  const origin = fake.state.addDroplet({ name: options.originName, ip, port })
  const probing = setInterval(() => {
    if (fake.state.balancers.size === 0) return
    for (const droplet of fake.state.droplets.values()) {
      const { publicIp } = droplet
      if (publicIp !== null && droplet.port !== null) {
        void answersAt(`http://${publicIp}:${droplet.port}${options.healthPath}`).then((ok) =>
          answers.set(publicIp, ok),
        )
      }
    }
  }, PROBE_MS)
  const stop = async (): Promise<void> => {
    clearInterval(probing)
    await fake.stop()
    await machines.stop()
  }
  try {
    await machines.seed({ id: origin.id, name: origin.name, metadataUrl: fake.metadataUrl(origin.id) }, options.appDir)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...fake,
    originId: origin.id,
    appPort: port,
    machines,
    async runInstallLine(line, dropletId = origin.id) {
      const [, url, enrol] = /'?(https?:[^\s']+)\/install\.sh\?key=([^\s'&]+)/.exec(line) ?? []
      if (url === undefined || enrol === undefined) {
        throw new SpinupError('badInput', `that is not an install line: ${line}`)
      }
      // The droplet's id lets the agent in a copy of this disk notice that it is one.
      const host = fake.state.droplets.get(dropletId)?.name ?? ''
      await machines.installAgent(dropletId, JSON.stringify({ url, enrol, host, droplet: String(dropletId) }))
    },
    stop,
  }
}

async function answersAt(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_DEADLINE_MS) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
