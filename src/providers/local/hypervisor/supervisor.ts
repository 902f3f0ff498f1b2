import { spawn } from 'node:child_process'
import { closeSync, copyFileSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Host } from './host/host.ts'
import { signalGroups } from './host/signal.ts'
import type { ServiceProcess } from './records.ts'
import type { Service } from './services.ts'

export interface SupervisorOptions {
  readonly host: Host
  readonly cwd: string
  readonly logDir: string
  readonly log: Logger
  /** Told after each change of what runs, before anything else happens. */
  onProcesses(processes: Readonly<Record<string, ServiceProcess>>): void
}

/** Keeps a droplet's services running, as its init would. */
export interface Supervisor {
  /** Starts services that are not there, drops those no longer wanted. */
  want(services: readonly Service[]): void
  /** Takes on what an earlier hypervisor started. */
  adopt(processes: Readonly<Record<string, ServiceProcess>>): void
  /** Restarts what has ended, with growing pauses; `alive` are the process ids there are. */
  beat(alive: ReadonlySet<number>): void
  /** Asks a service to end; it comes back at once. */
  restart(name: string): void
  /** Process groups, those of services that ended included until they are swept. */
  groups(): readonly number[]
  /** Starts nothing any more. */
  halt(): void
}

interface Running {
  process: ServiceProcess | null
  startedAt: number
  failures: number
  retryAt: number
  killAt: number
  weighed: boolean
}

/** Low enough that the bot, the balancer and a load generator stay quick on a busy laptop. */
const NICE = '5'
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 10_000
const STEADY_AFTER_MS = 10_000
const RESTART_GRACE_MS = 3000
const LOG_BYTES = 1024 * 1024

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { host, log } = options
  let wanted: readonly Service[] = []
  const running = new Map<string, Running>()
  let halted = false

  function tell(): void {
    const processes: Record<string, ServiceProcess> = {}
    for (const [name, entry] of running) if (entry.process) processes[name] = entry.process
    options.onProcesses(processes)
  }

  function start(service: Service): void {
    const entry = running.get(service.name) ?? fresh()
    running.set(service.name, entry)
    mkdirSync(options.logDir, { recursive: true })
    // A file, not a pipe: services go on when the hypervisor dies.
    const out = openSync(join(options.logDir, `${service.name}.log`), 'a')
    const child = spawn('nice', ['-n', NICE, ...service.command], {
      cwd: options.cwd,
      env: service.env,
      detached: true,
      stdio: ['ignore', out, out],
    })
    closeSync(out)
    child.on('error', (error) => log.warn({ service: service.name, error: error.message }, 'service does not start'))
    child.unref()
    const now = performance.now()
    const startOf = child.pid === undefined ? null : host.startOf(child.pid)
    entry.process = child.pid === undefined ? null : { pid: child.pid, start: startOf ?? '' }
    entry.startedAt = now
    entry.killAt = Infinity
    entry.weighed = false
    if (!entry.process) {
      entry.failures += 1
      entry.retryAt = now + LONGEST_PAUSE_MS
    }
  }

  function ended(name: string, entry: Running): void {
    const now = performance.now()
    // What it left behind would hold its port.
    if (entry.process) signalGroups([entry.process.pid], 'SIGKILL')
    const asked = entry.killAt < Infinity
    if (asked || now - entry.startedAt > STEADY_AFTER_MS) entry.failures = 0
    if (!asked) entry.failures += 1
    const pauseMs = asked ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (entry.failures - 1))
    entry.retryAt = now + pauseMs
    entry.process = null
    if (!asked) log.warn({ service: name, pauseMs }, 'service ended; it is restarted')
  }

  function startDue(): void {
    const now = performance.now()
    let changed = false
    for (const service of wanted) {
      const entry = running.get(service.name)
      if (entry?.process || (entry && entry.retryAt > now)) continue
      start(service)
      changed = true
    }
    if (changed) tell()
  }

  return {
    want(services) {
      wanted = services
      if (!halted) startDue()
    },
    adopt(processes) {
      for (const [name, process] of Object.entries(processes)) {
        running.set(name, { ...fresh(), process, startedAt: performance.now() })
      }
    },
    beat(alive) {
      if (halted) return
      const now = performance.now()
      let changed = false
      for (const [name, entry] of running) {
        if (!entry.process) continue
        if (!alive.has(entry.process.pid)) {
          ended(name, entry)
          changed = true
          continue
        }
        if (now > entry.killAt) signalGroups([entry.process.pid], 'SIGKILL')
        if (!entry.weighed) entry.weighed = host.lowerWeight(entry.process.pid)
        bound(join(options.logDir, `${name}.log`))
      }
      if (changed) tell()
      startDue()
    },
    restart(name) {
      const entry = running.get(name)
      if (!entry?.process) return
      entry.killAt = performance.now() + RESTART_GRACE_MS
      signalGroups([entry.process.pid], 'SIGTERM')
    },
    groups: () => [...running.values()].flatMap((entry) => (entry.process ? [entry.process.pid] : [])),
    halt() {
      halted = true
    },
  }
}

function fresh(): Running {
  return { process: null, startedAt: 0, failures: 0, retryAt: 0, killAt: Infinity, weighed: false }
}

/** Keeps the last full log and the present one; the writer appends, so it goes on at the new beginning. */
function bound(path: string): void {
  try {
    if (statSync(path).size < LOG_BYTES) return
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
  } catch {
    // not written yet
  }
}
