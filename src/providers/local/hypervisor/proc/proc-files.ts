import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Usage } from '../quota/governor.ts'
import { NO_COUNTERS, advance } from './counters.ts'
import { parseRenderedStat, renderLoadavg, renderMeminfo, renderPressure, renderStat } from './render.ts'

/** A droplet's own view of /proc, as lxcfs would give a container: an agent that reads it sees the droplet, not the host. */
export interface ProcFiles {
  /** Reckons the time since the last call in and rewrites the files, each atomically. */
  write(now: ProcState): void
}

export interface ProcState {
  /** Since the droplet was put under its governor; a falling number starts afresh. */
  readonly usage: Usage
  readonly memoryBytes: number
  readonly processes: number
  readonly lastPid: number
}

/** `resume`: go on counting from the files that are there, as for a droplet that kept running. */
export function createProcFiles(
  dir: string,
  droplet: { readonly vcpus: number; readonly memoryBytes: number },
  resume: boolean,
): ProcFiles {
  mkdirSync(join(dir, 'pressure'), { recursive: true })
  const bootedAtMs = Date.now()
  let counters = { ...NO_COUNTERS, ...(resume ? earlier(dir) : {}) }
  let last: Usage = { usedNs: 0, stoppedNs: 0 }
  let lastAt = performance.now()

  function put(name: string, text: string): void {
    const path = join(dir, name)
    const next = join(dirname(path), `.${name.replaceAll('/', '-')}.next`)
    writeFileSync(next, text)
    renameSync(next, path)
  }

  const files: ProcFiles = {
    write({ usage, memoryBytes, processes, lastPid }) {
      const now = performance.now()
      counters = advance(counters, {
        elapsedUs: (now - lastAt) * 1000,
        usedUs: Math.max(0, usage.usedNs - last.usedNs) / 1000,
        stoppedUs: Math.max(0, usage.stoppedNs - last.stoppedNs) / 1000,
        vcpus: droplet.vcpus,
      })
      last = usage
      lastAt = now
      put('stat', renderStat(counters, bootedAtMs, processes))
      put('meminfo', renderMeminfo(droplet.memoryBytes, memoryBytes))
      put('loadavg', renderLoadavg(counters, processes, lastPid))
      put('pressure/cpu', renderPressure(counters))
    },
  }
  // The agent starts with the services; it must find the files at once.
  files.write({ usage: last, memoryBytes: 0, processes: 0, lastPid: 0 })
  return files
}

function earlier(dir: string): { readonly userUs: number; readonly idleUs: number } | null {
  try {
    return parseRenderedStat(readFileSync(join(dir, 'stat'), 'utf8'))
  } catch {
    return null
  }
}
