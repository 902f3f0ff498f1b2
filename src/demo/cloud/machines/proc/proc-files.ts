import {
  closeSync,
  constants,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Usage } from '../quota/governor.ts'

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

/** The running totals behind a droplet's proc files. CPU times are µs of the droplet's own (fractional) vCPU. */
export interface Counters {
  readonly userUs: number
  readonly idleUs: number
  /** Spare share during which it was ready but the busy host gave it no CPU. */
  readonly stealUs: number
  /** Use above the share that idle has not been shortened by yet. */
  readonly owedUs: number
  readonly stoppedUs: number
  /** Runnable tasks, damped over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number]
  /** Share of time stopped, damped over 10, 60 and 300 s; 0 to 1. */
  readonly pressure: readonly [number, number, number]
}

/** What happened since the last count. */
export interface Elapsed {
  readonly elapsedUs: number
  readonly usedUs: number
  readonly stoppedUs: number
  /** Summed over threads. */
  readonly waitedUs: number
  readonly vcpus: number
}

export const NO_COUNTERS: Counters = {
  userUs: 0,
  idleUs: 0,
  stealUs: 0,
  owedUs: 0,
  stoppedUs: 0,
  load: [0, 0, 0],
  pressure: [0, 0, 0],
}

/** An overrun is made good by the idle time of so much later time at most; boot's free seconds are not. */
const OWED_AT_MOST_US = 500_000

type Three = readonly [number, number, number]

function damp(values: Three, now: number, elapsedUs: number, spansS: Three): Three {
  const one = (index: 0 | 1 | 2): number => {
    const keep = Math.exp(-elapsedUs / (spansS[index] * 1e6))
    return values[index] * keep + now * (1 - keep)
  }
  return [one(0), one(1), one(2)]
}

/**
 * Counts one interval in: idle is what the quota allowed and the droplet neither used nor waited for without getting it. A droplet stopped by its quota
 * wanted to run all that time, so it counts as one runnable task; else it is as loaded as its share is used.
 */
export function advance(counters: Counters, step: Elapsed): Counters {
  if (step.elapsedUs <= 0) return counters
  const shareUs = step.elapsedUs * step.vcpus
  const spareUs = shareUs - step.usedUs - counters.owedUs
  // Waiting is time of the host's clock, in which the droplet's own CPU could have done its share of it.
  const stealUs = Math.min(Math.max(0, spareUs), step.waitedUs * step.vcpus)
  const stopped = Math.min(1, step.stoppedUs / step.elapsedUs)
  const used = Math.min(1, (step.usedUs + stealUs) / shareUs)
  const runnable = Math.max(used, stopped + (step.usedUs + stealUs) / step.elapsedUs)
  return {
    userUs: counters.userUs + step.usedUs,
    idleUs: counters.idleUs + Math.max(0, spareUs) - stealUs,
    stealUs: counters.stealUs + stealUs,
    owedUs: Math.min(OWED_AT_MOST_US * step.vcpus, Math.max(0, -spareUs)),
    stoppedUs: counters.stoppedUs + step.stoppedUs,
    load: damp(counters.load, runnable, step.elapsedUs, [60, 300, 900]),
    pressure: damp(counters.pressure, stopped, step.elapsedUs, [10, 60, 300]),
  }
}

/** `/proc/stat`: µs instead of hundredths of a second, so that short intervals can be distinguished. */
export function renderStat(counters: Counters, bootedAtMs: number, processes: number): string {
  const times = `${Math.round(counters.userUs)} 0 0 ${Math.round(counters.idleUs)} 0 0 0 ${Math.round(counters.stealUs)} 0 0`
  const booted = Math.floor(bootedAtMs / 1000)
  return `cpu  ${times}\ncpu0 ${times}\nintr 0\nctxt 0\nbtime ${booted}\nprocesses ${processes}\nprocs_running 1\nprocs_blocked 0\n`
}

/** `/proc/meminfo` of a machine of `totalBytes` whose programs hold `usedBytes`. */
export function renderMeminfo(totalBytes: number, usedBytes: number): string {
  const total = Math.floor(totalBytes / 1024)
  const free = Math.max(0, total - Math.ceil(usedBytes / 1024))
  return (
    line('MemTotal', total) +
    line('MemFree', free) +
    line('MemAvailable', free) +
    line('Buffers', 0) +
    line('Cached', 0) +
    line('SwapTotal', 0) +
    line('SwapFree', 0)
  )
}

function line(name: string, kb: number): string {
  return `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`
}

/** `/proc/loadavg`. */
export function renderLoadavg(counters: Counters, processes: number, lastPid: number): string {
  return `${counters.load.map((load) => load.toFixed(2)).join(' ')} 1/${processes} ${lastPid}\n`
}

/** `/proc/pressure/cpu`. Every task of the droplet is stopped at once, so `full` equals `some`. */
export function renderPressure(counters: Counters): string {
  const [ten, sixty, threeHundred] = counters.pressure.map((share) => (share * 100).toFixed(2))
  const values = `avg10=${ten} avg60=${sixty} avg300=${threeHundred} total=${Math.round(counters.stoppedUs)}`
  return `some ${values}\nfull ${values}\n`
}

/** A small file that is rewritten several times a second; readers see one whole version or another. */
export interface AtomicFile {
  write(text: string): void
}

/**
 * Two files take turns under the name. A new file for each version would be simpler, but renaming a fresh file over
 * another makes ext4 allocate and flush it at once (0.5 ms, against 0.08 ms), and the quota must be held on time.
 * A reader sees a torn text only when it takes longer than until the next but one version.
 */
export function createAtomicFile(path: string): AtomicFile {
  const beside = (end: string): string => join(dirname(path), `.${basename(path)}.${end}`)
  const slots = [beside('a'), beside('b')] as const
  const next = beside('next')
  // Of the boot before: the one under the name now must not be written to.
  for (const left of [...slots, next]) rmSync(left, { force: true })
  let turn: 0 | 1 = 0
  let shown = ''

  return {
    write(text) {
      if (text === shown) return
      shown = text
      const slot = slots[turn]
      turn = turn === 0 ? 1 : 0
      const file = openSync(slot, constants.O_WRONLY | constants.O_CREAT)
      try {
        ftruncateSync(file, writeSync(file, text, 0))
      } finally {
        closeSync(file)
      }
      linkSync(slot, next)
      renameSync(next, path)
    },
  }
}
