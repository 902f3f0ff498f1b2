import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Usage } from '../quota/governor.ts'
import { createAtomicFile } from './atomic-file.ts'
import { NO_COUNTERS, advance } from './counters.ts'
import { renderLoadavg, renderMeminfo, renderPressure, renderStat } from './render.ts'

/** A droplet's own view of /proc, as lxcfs would give a container: an agent that reads it sees the droplet, not the host. */
export interface ProcFiles {
  /** Counts the time since the last call in and rewrites the files that change, each atomically. */
  write(now: ProcState): void
}

export interface ProcState {
  /** Since the droplet was put under its governor; a falling number starts afresh. */
  readonly usage: Usage
  /** Of its threads for the host's CPUs, ever growing. */
  readonly waitedNs: number
  readonly memoryBytes: number
  readonly processes: number
  readonly lastPid: number
}

/** Of one boot. */
export function createProcFiles(
  dir: string,
  droplet: { readonly vcpus: number; readonly memoryBytes: number },
): ProcFiles {
  mkdirSync(join(dir, 'pressure'), { recursive: true })
  const bootedAtMs = Date.now()
  let counters = NO_COUNTERS
  let last: Usage = { usedNs: 0, stoppedNs: 0 }
  let lastWaitedNs = 0
  let lastAt = performance.now()
  const stat = createAtomicFile(join(dir, 'stat'))
  const meminfo = createAtomicFile(join(dir, 'meminfo'))
  const loadavg = createAtomicFile(join(dir, 'loadavg'))
  const pressure = createAtomicFile(join(dir, 'pressure', 'cpu'))

  const files: ProcFiles = {
    write({ usage, waitedNs, memoryBytes, processes, lastPid }) {
      const now = performance.now()
      counters = advance(counters, {
        elapsedUs: (now - lastAt) * 1000,
        usedUs: Math.max(0, usage.usedNs - last.usedNs) / 1000,
        stoppedUs: Math.max(0, usage.stoppedNs - last.stoppedNs) / 1000,
        waitedUs: (waitedNs - lastWaitedNs) / 1000,
        vcpus: droplet.vcpus,
      })
      last = usage
      lastWaitedNs = waitedNs
      lastAt = now
      stat.write(renderStat(counters, bootedAtMs, processes))
      meminfo.write(renderMeminfo(droplet.memoryBytes, memoryBytes))
      loadavg.write(renderLoadavg(counters, processes, lastPid))
      pressure.write(renderPressure(counters))
    },
  }
  // The agent starts with the services; it must find the files at once.
  files.write({ usage: last, waitedNs: 0, memoryBytes: 0, processes: 0, lastPid: 0 })
  return files
}
