import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Settings } from '../protocol.ts'
import type { Host, HostProcess } from './host/host.ts'
import { signalGroups } from './host/signal.ts'
import type { DropletPlaces } from './places.ts'
import { createProcFiles } from './proc/proc-files.ts'
import type { ProcFiles } from './proc/proc-files.ts'
import type { Governor } from './quota/governor.ts'
import type { DropletRecord, ServiceProcess } from './records.ts'
import { AGENT, servicesOf } from './services.ts'
import type { Service } from './services.ts'
import { createSupervisor } from './supervisor.ts'

export interface MachineOptions {
  readonly record: DropletRecord
  readonly places: DropletPlaces
  readonly dir: string
  readonly host: Host
  readonly governor: Governor
  readonly log: Logger
  settings(): Settings
  onProcesses(processes: Readonly<Record<string, ServiceProcess>>): void
}

/** A droplet that is switched on: its services, held to its quota, with its own view of /proc. Lives for one boot. */
export interface Machine {
  start(): void
  /** Takes over the processes an earlier hypervisor left running. */
  adopt(processes: Readonly<Record<string, ServiceProcess>>): void
  groups(): readonly number[]
  /** A few times a second: `processes` are those of its groups. */
  beat(processes: readonly HostProcess[]): void
  /** Starts the agent with the configuration now on the disk. */
  reloadAgent(): void
  /** Asks everything to end, kills what has not after 5 s, or as soon as `hurry()`. */
  stop(hurry: () => boolean): Promise<void>
}

const GRACE_MS = 5000
const KILLED_WITHIN_MS = 3000
const LOOK_MS = 40
/** Written with every second heartbeat, so a little less than two. */
const PROC_FILES_MS = 230

export function createMachine(options: MachineOptions): Machine {
  const { record, places, host, governor, log } = options
  const meter = host.createMeter()
  let procFiles: ProcFiles | null = null
  let yielding: ReadonlySet<number> = new Set()
  let writeAtMs = 0
  const supervisor = createSupervisor({
    host,
    cwd: places.disk,
    logDir: places.log,
    log,
    onProcesses: options.onProcesses,
  })

  function services(): readonly Service[] {
    try {
      return servicesOf(record, places, options.dir, options.settings())
    } catch (error) {
      // As with a real machine whose units are broken: it is on, but nothing answers.
      log.error({ error: String(error) }, 'droplet.json cannot be used; nothing runs on this droplet')
      return []
    }
  }

  function begin(launchCreditMs: number): void {
    supervisor.want(services())
    meter.follow(host.processes(new Set(supervisor.groups())))
    governor.add(record.id, {
      vcpus: record.vcpus,
      meter,
      groups: supervisor.groups,
      yielding: () => [...yielding],
      freeUntilMs: performance.now() + launchCreditMs,
    })
  }

  async function ended(groups: readonly number[], withinMs: number, hurry: () => boolean): Promise<boolean> {
    const deadline = performance.now() + withinMs
    const wanted = new Set(groups)
    while (host.processes(wanted).length > 0) {
      if (performance.now() > deadline || hurry()) return false
      await pause(LOOK_MS)
    }
    return true
  }

  return {
    start() {
      procFiles = createProcFiles(places.proc, record, false)
      begin(options.settings().launchCreditMs)
    },
    adopt(processes) {
      procFiles = createProcFiles(places.proc, record, true)
      supervisor.adopt(processes)
      // The last hypervisor may have died while it held them stopped.
      signalGroups(supervisor.groups(), 'SIGCONT')
      begin(0)
    },
    groups: supervisor.groups,
    beat(processes) {
      const least = Math.min(...processes.map(({ nice }) => nice))
      yielding = new Set(processes.filter(({ nice }) => nice > least).map(({ pid }) => pid))
      meter.follow(processes, yielding)
      supervisor.beat(new Set(processes.map((process) => process.pid)))
      if (performance.now() < writeAtMs) return
      writeAtMs = performance.now() + PROC_FILES_MS
      procFiles?.write({
        usage: governor.usage(record.id),
        waitedNs: meter.waitedNs(),
        memoryBytes: meter.memoryBytes(),
        processes: processes.length,
        lastPid: processes.reduce((last, process) => Math.max(last, process.pid), 0),
      })
    },
    reloadAgent() {
      supervisor.restart(AGENT)
      supervisor.want(services())
    },
    async stop(hurry) {
      supervisor.halt()
      const groups = supervisor.groups()
      governor.remove(record.id)
      signalGroups(groups, 'SIGTERM')
      if (!(await ended(groups, GRACE_MS, hurry))) {
        signalGroups(groups, 'SIGKILL')
        if (!(await ended(groups, KILLED_WITHIN_MS, () => false))) log.error({ groups }, 'processes survive SIGKILL')
      }
      meter.close()
    },
  }
}
