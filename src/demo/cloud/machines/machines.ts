import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { SpinupError } from '../../../core/model/error.ts'
import type { BackedDroplet, Backing } from '../api/options.ts'
import { choosePorts, isFree, createAddresses, type Place } from './addresses.ts'
import { copyFolder } from './copy.ts'
import { pickHost } from './host/ps-host.ts'
import { signalGroups, type HostProcess } from './host/host.ts'
import { openLeftRunning } from './left-running.ts'
import { createMachine, type Machine } from './machine.ts'
import { placesIn, type DropletPlaces } from './places.ts'
import { createGovernor } from './quota/governor.ts'
import { checkDisk, type Agent, type Spec } from './services.ts'

export interface MachinesOptions {
  /** Where disks, snapshots and logs lie. */
  readonly dir: string
  /** From create or power on to active, ms. */
  readonly bootMs: number
  /** A snapshot takes this long at least, ms. */
  readonly snapshotMs: number
  /** Of a core, each droplet whatever its size. */
  readonly vcpus: number
  /** CPU is not limited for so long after a boot, like a burstable instance's launch credit, ms; 1500 unless given. */
  readonly launchCreditMs?: number
  /** Program and first arguments of the agent, with absolute paths; absent: droplets run without one. */
  readonly agentCommand?: readonly string[]
  /** Each droplet really has its address, so that programs which are not of Node reach it, too; on Linux alone. */
  readonly ownAddresses?: boolean
  /** Where the first droplet's agent takes statistics, if nobody listens there; any free port unless given. */
  readonly agentPort?: number
  readonly log: Logger
}

/** Behind each droplet processes on this machine, with a share of a CPU, a disk and an agent of their own. */
export interface Machines extends Backing {
  /** Where the first droplet will answer. */
  readonly first: Pick<Place, 'ip' | 'port'>
  /** The machine of a droplet that has always been there: at `first`, its disk a copy of the folder `from`. */
  seed(droplet: Pick<BackedDroplet, 'id' | 'name' | 'metadataUrl'>, from: string): Promise<void>
  /** Puts the agent's configuration on a droplet's disk and starts the agent, or starts it again. */
  installAgent(dropletId: number, config: string): Promise<void>
  disk(dropletId: number): string
  /** Stops every machine. */
  stop(): Promise<void>
}

/** In this very process. */
export interface OwnMachines extends Machines {
  /** What runs on a droplet: process ids by service. */
  processes(dropletId: number): Readonly<Record<string, number>>
}

interface Droplet {
  readonly spec: Spec
  readonly places: DropletPlaces
  readonly place: Place
  /** Aborts when it is deleted. */
  readonly gone: AbortController
  /** Ends, one way or the other, when nothing more is copied to its disk. */
  copied: Promise<unknown>
  machine: Machine | null
}

const MEMORY_BYTES = 512 * 1024 * 1024
const LAUNCH_CREDIT_MS = 1500
/** Also how long a new process may run before its CPU time is counted. */
const BEAT_MS = 125

/** Ends what an earlier one left running in that folder, then serves. */
export async function createMachines(options: MachinesOptions): Promise<OwnMachines> {
  const { bootMs, snapshotMs, vcpus, log } = options
  // Agents' keys are inside.
  const dir = resolve(options.dir)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const places = placesIn(dir)
  const host = pickHost()
  const leftRunning = openLeftRunning(dir, host)
  leftRunning.end()
  const governor = createGovernor()
  const addresses = await createAddresses(options.ownAddresses === true)
  const first = await addresses.next()
  const droplets = new Map<number, Droplet>()
  const agent: Agent | null = options.agentCommand === undefined ? null : { command: options.agentCommand }

  const need = (id: number): Droplet => {
    const droplet = droplets.get(id)
    if (droplet !== undefined) return droplet
    throw new SpinupError('notFound', `droplet ${id} has no machine`)
  }
  const machineOf = (droplet: Droplet): Machine => {
    const { spec, places: own } = droplet
    return createMachine({
      spec,
      agent,
      places: own,
      dir,
      host,
      governor,
      launchCreditMs: options.launchCreditMs ?? LAUNCH_CREDIT_MS,
      log: log.child({ droplet: spec.name }),
      onProcesses: () => leftRunning.note(running()),
    })
  }
  const running = (): readonly Machine[] => [...droplets.values()].flatMap(({ machine }) => machine ?? [])

  async function make(
    { id, name, metadataUrl }: Pick<BackedDroplet, 'id' | 'name' | 'metadataUrl'>,
    image: string,
    place: Place,
    usualPort?: number,
  ): Promise<void> {
    const [free = 0, statsdPort = 0] = await choosePorts(2, addresses.taken)
    const agentPort = usualPort !== undefined && (await isFree(usualPort)) ? usualPort : free
    const { host: listens, listensAt } = place
    const ports = { host: listens, port: listensAt, agentPort, statsdPort }
    const spec: Spec = { id: String(id), name, vcpus, memoryBytes: MEMORY_BYTES, metadataUrl, ...ports }
    const own = places.droplet(spec.id)
    const copying = copyFolder(image, own.disk)
    const copied = copying.catch(() => undefined)
    const droplet: Droplet = { spec, places: own, place, gone: new AbortController(), copied, machine: null }
    droplets.set(id, droplet)
    await switchOn(droplet, copying)
  }

  /** Takes its boot time. Throws when it is deleted meanwhile. */
  async function switchOn(droplet: Droplet, copying?: Promise<unknown>): Promise<void> {
    const { signal } = droplet.gone
    await pause(bootMs, undefined, { signal })
    await copying
    signal.throwIfAborted()
    droplet.machine = machineOf(droplet)
    droplet.machine.start()
  }

  const heart = setInterval(() => {
    const machines = running()
    if (machines.length === 0) return
    const byGroup = new Map<number, HostProcess[]>()
    for (const machine of machines) for (const group of machine.groups()) byGroup.set(group, [])
    for (const process of host.processes(new Set(byGroup.keys()))) byGroup.get(process.group)?.push(process)
    for (const machine of machines) machine.beat(machine.groups().flatMap((group) => byGroup.get(group) ?? []))
  }, BEAT_MS)
  // If nobody stops them, they shall not keep burning.
  const end = (): void =>
    signalGroups(
      running().flatMap((machine) => machine.groups()),
      'SIGKILL',
    )
  process.once('exit', end)

  return {
    first,
    async seed(droplet, from) {
      const image = resolve(from)
      checkDisk(image)
      await make(droplet, image, first, options.agentPort)
    },
    async installAgent(id, config) {
      const { places: own, machine } = need(id)
      writeFileSync(`${own.agentConfig}.next`, config, { mode: 0o600 })
      renameSync(`${own.agentConfig}.next`, own.agentConfig)
      machine?.reloadAgent()
    },
    async boot(droplet) {
      const place = await addresses.next()
      await make(droplet, join(places.snapshots, droplet.imageId), place)
      return place
    },
    async power({ id }, to) {
      const droplet = need(id)
      if (to === 'on') {
        if (droplet.machine === null) await switchOn(droplet)
        return
      }
      await droplet.machine?.stop(() => droplet.gone.signal.aborted)
      droplet.machine = null
    },
    async snapshot({ id }, snapshotId) {
      await copyFolder(need(id).places.disk, join(places.snapshots, snapshotId), { minMs: snapshotMs })
    },
    async destroy({ id }) {
      const droplet = droplets.get(id)
      if (droplet === undefined) return
      droplet.gone.abort()
      await droplet.machine?.stop(() => true)
      await droplet.copied
      droplets.delete(id)
      await rm(droplet.places.dir, { recursive: true, force: true })
    },
    disk: (id) => need(id).places.disk,
    processes: (id) => need(id).machine?.processes() ?? {},
    async stop() {
      clearInterval(heart)
      process.off('exit', end)
      for (const { gone } of droplets.values()) gone.abort()
      await Promise.all(running().map((machine) => machine.stop(() => false)))
      await Promise.all([...droplets.values()].map(({ copied }) => copied))
      governor.close()
      host.close()
    },
  }
}
