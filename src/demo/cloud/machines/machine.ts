import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { signalGroups, type Host, type HostProcess } from './host/host.ts'
import type { DropletPlaces } from './places.ts'
import { createProcFiles, type ProcFiles } from './proc/proc-files.ts'
import type { Governor } from './quota/governor.ts'
import { AGENT, servicesOf, type Agent, type Service, type Spec } from './services.ts'
import { createSupervisor } from './supervisor.ts'

export interface MachineOptions {
  readonly spec: Spec
  /** null: droplets run without one. */
  readonly agent: Agent | null
  readonly places: DropletPlaces
  readonly dir: string
  readonly host: Host
  readonly governor: Governor
  /** CPU is not limited for so long after the services start, ms. */
  readonly launchCreditMs: number
  readonly log: Logger
  /** Called after each change of what runs, before anything else happens. */
  onProcesses(): void
}

/** A droplet that is switched on: its services, held to its quota, with its own view of /proc. Lives for one boot. */
export interface Machine {
  start(): void
  groups(): readonly number[]
  /** Process ids by service. */
  processes(): Readonly<Record<string, number>>
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
  const { spec, places, host, governor, log } = options
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
      return servicesOf(spec, places, options.dir, options.agent)
    } catch (error) {
      // As with a real machine whose units are broken: it is on, but nothing answers.
      log.error({ error: String(error) }, 'droplet.json cannot be used; nothing runs on this droplet')
      return []
    }
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
      procFiles = createProcFiles(places.proc, spec)
      supervisor.want(services())
      meter.follow(host.processes(new Set(supervisor.groups())))
      governor.add(spec.id, {
        vcpus: spec.vcpus,
        meter,
        groups: supervisor.groups,
        yielding: () => [...yielding],
        freeUntilMs: performance.now() + options.launchCreditMs,
      })
    },
    groups: supervisor.groups,
    processes: supervisor.processes,
    beat(processes) {
      const least = Math.min(...processes.map(({ nice }) => nice))
      yielding = new Set(processes.filter(({ nice }) => nice > least).map(({ pid }) => pid))
      meter.follow(processes, yielding)
      supervisor.beat(new Set(processes.map((process) => process.pid)))
      if (performance.now() < writeAtMs) return
      writeAtMs = performance.now() + PROC_FILES_MS
      procFiles?.write({
        usage: governor.usage(spec.id),
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
      governor.remove(spec.id)
      signalGroups(groups, 'SIGTERM')
      if (!(await ended(groups, GRACE_MS, hurry))) {
        signalGroups(groups, 'SIGKILL')
        if (!(await ended(groups, KILLED_WITHIN_MS, () => false))) log.error({ groups }, 'processes survive SIGKILL')
      }
      meter.close()
    },
  }
}
