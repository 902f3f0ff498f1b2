import { setTimeout as pause } from 'node:timers/promises'
import { choosePorts } from '../../../src/providers/local/hypervisor/ports.ts'
import { createLocalProvider, type LocalCloud } from '../../../src/providers/local/local-cloud.ts'
import type { Network } from '../../../src/providers/local/protocol.ts'
import { startHypervisor } from '../../../src/providers/local/start-hypervisor.ts'
import type { BackedDroplet, Backing } from './options.ts'
import { anyNumber } from '../../permit.ts'

export interface LocalBackingOptions {
  /** Where droplets, snapshots and logs lie. */
  readonly dir: string
  /** From create or power on to active, ms. */
  readonly bootMs: number
  readonly snapshotMs: number
  /** Of a core, each droplet whatever its size. */
  readonly vcpus: number
  /** Program and first arguments of the agent, with absolute paths. */
  readonly agentCommand: readonly string[]
}

/** Behind each fake droplet a process on this machine, with a quota, a disk, an agent and a loopback address of its own. */
export interface LocalBacking extends Backing {
  /** Where the first droplet will answer, and the port of every one. */
  readonly first: { readonly ip: string; readonly port: number }
  /** The machine of a droplet that has always been there: at `first`, its disk a copy of the folder `from`. */
  seed(droplet: Pick<BackedDroplet, 'id' | 'name' | 'metadataUrl'>, from: string): Promise<void>
  /** Puts the agent's configuration on a droplet and starts it, as a person with a shell there would. */
  installAgent(dropletId: number, config: string): Promise<void>
  /** Stops every machine. */
  stop(): Promise<void>
}

const LOOK_MS = 40
const PATIENCE_MS = 60_000
/** The hypervisor ends when nobody has called for ten minutes. */
const NUDGE_MS = 60_000
const MEMORY_BYTES = 512 * 1024 * 1024

/** Starts the machinery of the local cloud for this. Throws where there is one loopback address only. */
export async function startLocalBacking(options: LocalBackingOptions): Promise<LocalBacking> {
  if (process.platform !== 'linux') {
    throw new Error('each fake droplet needs a loopback address of its own, and only Linux has more than one')
  }
  const { dir, bootMs, snapshotMs, agentCommand } = options
  const hypervisor = await startHypervisor({ dir, bootMs, snapshotMs, agentCommand })
  const cloud = createLocalProvider({ path: hypervisor.path })
  const nudge = setInterval(() => void cloud.list().catch(() => undefined), NUDGE_MS).unref()
  const [port = 0] = await choosePorts(1, new Set())
  /** Their ids at the hypervisor, by the droplet's. */
  const machines = new Map<number, string>()
  const snapshots = new Map<string, string>()
  /** Deleted, perhaps while their machines were still being made. */
  const gone = new Set<number>()
  let addresses = 0

  const nextAddress = (): string => {
    addresses += 1
    return `127.77.${addresses >> 8}.${addresses & 255}`
  }
  const network = (metadataUrl: string, host = nextAddress()): Network => ({ host, port, metadataUrl })
  const machineOf = (dropletId: number): string => {
    const id = machines.get(dropletId)
    if (id === undefined) throw new Error(`droplet ${dropletId} has no machine`)
    return id
  }
  const first = { ip: nextAddress(), port }

  return {
    first,
    async seed({ id, name, metadataUrl }, from) {
      const size = { vcpus: options.vcpus, memoryBytes: MEMORY_BYTES }
      const place = network(metadataUrl, first.ip)
      const machine = await cloud.seed({ name, from, size, dollarsPerHour: 0, network: place })
      machines.set(id, machine.id)
      await until(cloud, machine.id, 'active')
    },
    async installAgent(dropletId, config) {
      await cloud.installAgent(machineOf(dropletId), config)
    },
    async boot({ id, name, imageId, metadataUrl }) {
      const snapshotId = snapshots.get(imageId)
      if (snapshotId === undefined) throw new Error(`no machine was ever copied to image ${imageId}`)
      const place = network(metadataUrl)
      // No user data: the agent inside fetches it from the metadata service.
      const order = { name, snapshotId, operationTag: String(id), tags: [], userData: '', network: place }
      const machine = await cloud.create(order, anyNumber)
      machines.set(id, machine.id)
      if (gone.has(id)) await cloud.destroy(machine.id)
      await until(cloud, machine.id, 'active')
      return { ip: place.host, port }
    },
    async power({ id }, to) {
      const machine = machineOf(id)
      await cloud.power(machine, to)
      await until(cloud, machine, to === 'on' ? 'active' : 'off')
    },
    async snapshot({ id }, snapshotId) {
      const machine = machineOf(id)
      const deadline = Date.now() + PATIENCE_MS
      for (;;) {
        const taken = await cloud.snapshot(machine, `image-${snapshotId}`)
        snapshots.set(snapshotId, taken.id)
        if (taken.complete) return
        if (Date.now() > deadline) throw new Error(`the copy of droplet ${id} takes too long`)
        await pause(LOOK_MS)
      }
    },
    async destroy({ id }) {
      gone.add(id)
      const machine = machines.get(id)
      if (machine !== undefined) await cloud.destroy(machine)
    },
    async stop() {
      clearInterval(nudge)
      await hypervisor.stop()
    },
  }
}

async function until(cloud: LocalCloud, id: string, status: 'active' | 'off'): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const machine = await cloud.get(id)
    if (machine?.status === status) return
    if (machine === null) throw new Error(`the machine ${id} was erased before it was ${status}`)
    if (Date.now() > deadline) throw new Error(`the machine ${id} is not ${status} after ${PATIENCE_MS / 1000} s`)
    await pause(LOOK_MS)
  }
}
