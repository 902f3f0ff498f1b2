import { mkdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { SpinupError } from '../../../core/model/error.ts'
import type { Droplet, Snapshot } from '../../provider.ts'
import type { Fault, SeedRequest, Settings } from '../protocol.ts'
import { writeAgentConfig } from './agent-config.ts'
import { createFaults } from './faults.ts'
import type { Host, HostProcess } from './host/host.ts'
import { createLife } from './life.ts'
import type { Life } from './life.ts'
import { createMachine } from './machine.ts'
import { createMaker, type Wanted } from './maker.ts'
import type { Places } from './places.ts'
import { present } from './present.ts'
import { createGovernor } from './quota/governor.ts'
import type { DropletRecord, Records } from './records.ts'
import { createSnapshots } from './snapshots.ts'
import { takeOver } from './take-over.ts'
import type { ServiceProcesses } from './take-over.ts'

export interface HypervisorOptions {
  readonly places: Places
  readonly records: Records
  readonly host: Host
  readonly settings: Settings
  readonly log: Logger
}

/** The cloud itself: droplets, snapshots, faults. Calls with an unknown id throw `notFound`. */
export interface Hypervisor {
  list(tag: string | null): readonly Droplet[]
  get(id: string): Droplet
  /** `answerLost`: it was made, but the caller must not be told. */
  create(request: Wanted): Promise<{ readonly droplet: Droplet; readonly answerLost: boolean }>
  seed(request: SeedRequest): Promise<Droplet>
  power(id: string, to: 'on' | 'off'): void
  snapshot(id: string, name: string): Snapshot
  /** Deletes all but the newest `keep` of this droplet's that Spinup named, save those in use; says how many. */
  pruneSnapshots(id: string, keep: number, inUse: readonly string[]): Promise<number>
  destroy(id: string): void
  installAgent(id: string, config: string): void
  arm(fault: Fault): void
  clearFaults(): void
  configure(settings: Settings): void
  /** Stops all droplets; those that were on boot with the next hypervisor. */
  close(): Promise<void>
}

/** Also how long a new process may run before its CPU time is counted. */
const BEAT_MS = 125

/** Takes over what an earlier hypervisor of this folder left, then serves. */
export function createHypervisor({ places, records, host, log, ...options }: HypervisorOptions): Hypervisor {
  let settings = options.settings
  const lives = new Map<string, Life>()
  const faults = createFaults()
  const governor = createGovernor()
  const snapshots = createSnapshots({ records, places, log, settings: () => settings })
  const maker = createMaker({
    records,
    faults,
    settings: () => settings,
    snapshotFolder: snapshots.folder,
    born: (id) => add(id),
  })

  function add(id: string, running: ServiceProcesses | null = null): void {
    const own = places.droplet(id)
    const dropletLog = log.child({ droplet: id })
    const life = createLife({
      id,
      records,
      places: own,
      log: dropletLog,
      settings: () => settings,
      createMachine: (record) =>
        createMachine({
          record,
          places: own,
          dir: places.dir,
          host,
          governor,
          log: dropletLog,
          settings: () => settings,
          onProcesses: (processes) => records.patchDroplet(id, { processes }),
        }),
      onEnd: () => lives.delete(id),
    })
    lives.set(id, life)
    if (running) life.adopt(running)
    life.run()
  }

  function need(id: string): DropletRecord {
    const record = records.droplet(id)
    if (record && record.goal !== 'gone') return record
    throw new SpinupError('notFound', `Droplet ${id} does not exist at the local cloud.`)
  }

  function aim(id: string, goal: DropletRecord['goal']): void {
    records.patchDroplet(id, { goal })
    lives.get(id)?.wake()
  }

  function beat(): void {
    const machines = [...lives.values()].flatMap((life) => life.machine() ?? [])
    if (machines.length === 0) return
    const byGroup = new Map<number, HostProcess[]>()
    for (const machine of machines) for (const group of machine.groups()) byGroup.set(group, [])
    for (const process of host.processes(new Set(byGroup.keys()))) byGroup.get(process.group)?.push(process)
    for (const machine of machines) machine.beat(machine.groups().flatMap((group) => byGroup.get(group) ?? []))
  }

  function resume(): void {
    mkdirSync(places.droplets, { recursive: true })
    const { alive, orphans } = takeOver(records.droplets(), host, places.dir)
    if (alive.size > 0 || orphans > 0) log.warn({ adopted: alive.size, orphans }, 'took over from a crash')
    for (const record of records.droplets()) {
      const processes = alive.get(record.id)
      // Nothing of it runs any more, as after a restart of the laptop: its goal decides whether it boots.
      if (!processes && record.power !== 'booting') records.patchDroplet(record.id, { power: 'off', processes: {} })
      add(record.id, processes)
    }
    snapshots.resume()
    void sweep()
  }

  /** Folders whose droplet was erased, or was never recorded, when a hypervisor crashed. */
  async function sweep(): Promise<void> {
    for (const name of await readdir(places.droplets)) {
      if (!records.droplet(name)) await rm(join(places.droplets, name), { recursive: true, force: true })
    }
  }

  resume()
  const heart = setInterval(() => {
    try {
      beat()
    } catch (error) {
      log.error({ error: String(error) }, 'heartbeat failed')
    }
  }, BEAT_MS)

  return {
    list(tag) {
      const droplets = records.droplets().filter((record) => record.goal !== 'gone')
      return droplets.map((record) => present(record)).filter((droplet) => tag === null || droplet.tags.includes(tag))
    },
    get: (id) => present(need(id)),
    create: maker.create,
    seed: maker.seed,
    power(id, to) {
      need(id)
      aim(id, to)
    },
    snapshot: (id, name) => snapshots.take(need(id), name),
    pruneSnapshots: snapshots.prune,
    destroy(id) {
      need(id)
      aim(id, 'gone')
    },
    installAgent(id, config) {
      const record = need(id)
      if (settings.agentCommand.length === 0) {
        throw new SpinupError('configuration', 'The local cloud was started without an agent command; give it one.')
      }
      writeAgentConfig(places.droplet(record.id), config)
      lives.get(id)?.machine()?.reloadAgent()
    },
    arm: faults.arm,
    clearFaults: faults.clear,
    configure(next) {
      settings = next
    },
    async close() {
      clearInterval(heart)
      await Promise.all([...lives.values()].map((life) => life.suspend()))
      governor.close()
      host.close()
    },
  }
}
