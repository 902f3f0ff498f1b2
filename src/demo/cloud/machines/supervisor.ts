import { spawn } from 'node:child_process'
import { closeSync, copyFileSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { signalGroups, type Host } from './host/host.ts'
import type { Service } from './services.ts'

export interface SupervisorOptions {
  readonly host: Host
  readonly cwd: string
  readonly logDir: string
  readonly log: Logger
  /** Called after each change of what runs, before anything else happens. */
  onProcesses(): void
}

/** Keeps a droplet's services running, as its init would. */
export interface Supervisor {
  /** Starts services that are not there, drops those no longer wanted. */
  want(services: readonly Service[]): void
  /** Restarts what has ended, with growing pauses; `alive` are the process ids there are. */
  beat(alive: ReadonlySet<number>): void
  /** Asks a service to end; it comes back at once. */
  restart(name: string): void
  /** Process groups, those of services that ended included until they are swept. */
  groups(): readonly number[]
  /** Process ids by service. */
  processes(): Readonly<Record<string, number>>
  /** Starts nothing any more. */
  halt(): void
}

interface Running {
  pid: number | null
  startedAt: number
  failures: number
  retryAt: number
  killAt: number
  weighed: boolean
}

/**
 * Low enough that the bot, the balancer and a load generator stay quick on a busy laptop, and no lower: beside other work a
 * droplet would wait for its share so long that its few readers make it look busy.
 */
const NICE = '2'
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

  function start(service: Service): void {
    const entry = running.get(service.name) ?? fresh()
    running.set(service.name, entry)
    mkdirSync(options.logDir, { recursive: true })
    // A file, not a pipe: what reads a pipe may be slower than what writes it.
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
    entry.pid = child.pid ?? null
    entry.startedAt = now
    entry.killAt = Infinity
    entry.weighed = false
    if (entry.pid === null) {
      entry.failures += 1
      entry.retryAt = now + LONGEST_PAUSE_MS
    }
  }

  function ended(name: string, entry: Running): void {
    const now = performance.now()
    // What it left behind would hold its port.
    if (entry.pid !== null) signalGroups([entry.pid], 'SIGKILL')
    const asked = entry.killAt < Infinity
    if (asked || now - entry.startedAt > STEADY_AFTER_MS) entry.failures = 0
    if (!asked) entry.failures += 1
    const pauseMs = asked ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (entry.failures - 1))
    entry.retryAt = now + pauseMs
    entry.pid = null
    if (!asked) log.warn({ service: name, pauseMs }, 'service ended; it is restarted')
  }

  function startDue(): void {
    const now = performance.now()
    let changed = false
    for (const service of wanted) {
      const entry = running.get(service.name)
      if (entry && (entry.pid !== null || entry.retryAt > now)) continue
      start(service)
      changed = true
    }
    if (changed) options.onProcesses()
  }

  return {
    want(services) {
      wanted = services
      if (!halted) startDue()
    },
    beat(alive) {
      if (halted) return
      const now = performance.now()
      let changed = false
      for (const [name, entry] of running) {
        if (entry.pid === null) continue
        if (!alive.has(entry.pid)) {
          ended(name, entry)
          changed = true
          continue
        }
        if (now > entry.killAt) signalGroups([entry.pid], 'SIGKILL')
        if (!entry.weighed) entry.weighed = host.lowerWeight(entry.pid)
        bound(join(options.logDir, `${name}.log`))
      }
      if (changed) options.onProcesses()
      startDue()
    },
    restart(name) {
      const entry = running.get(name)
      if (!entry || entry.pid === null) return
      entry.killAt = performance.now() + RESTART_GRACE_MS
      signalGroups([entry.pid], 'SIGTERM')
    },
    groups: () => [...running.values()].flatMap((entry) => entry.pid ?? []),
    processes: () =>
      Object.fromEntries([...running].flatMap(([name, { pid }]) => (pid === null ? [] : [[name, pid] as const]))),
    halt() {
      halted = true
    },
  }
}

function fresh(): Running {
  return { pid: null, startedAt: 0, failures: 0, retryAt: 0, killAt: Infinity, weighed: false }
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
