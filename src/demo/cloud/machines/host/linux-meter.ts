import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs'
import type { HostProcess, Meter } from './host.ts'

interface Thread {
  readonly fd: number
  readonly leads: boolean
  ns: number
  waitedNs: number
  /** Full reads for which it still counts as burning; a stop of several of them must not cool it. */
  heat: number
}

interface Times {
  readonly ns: number
  readonly waited: number
}

/** The kernel's coarse sums may be off by this much per process; only more is taken as CPU time that was missed. */
const COARSE_NS = 2e7
const HEAT = 20
const SPACE = 32
const ZERO = 48

/**
 * Sums `/proc/PID/task/TID/schedstat` over all threads, by files held open: 2 µs a thread. Threads and children that
 * come and go between two looks are made up for from the coarser `/proc/PID/stat`.
 */
export function createLinuxMeter(): Meter {
  const processes = new Map<number, Map<string, Thread>>()
  const buffer = Buffer.allocUnsafe(64)
  let totalNs = 0
  let yieldedNs = 0
  let yields: ReadonlySet<number> = new Set()
  let waitedNs = 0
  let coarse = new Map<number, HostProcess>()
  let endedLeadersNs = 0

  function update(thread: Thread, { ns, waited }: Times, full: boolean, gives: boolean): void {
    if (ns > thread.ns) thread.heat = HEAT
    else if (full) thread.heat -= 1
    const spentNs = Math.max(0, ns - thread.ns)
    totalNs += spentNs
    if (gives) yieldedNs += spentNs
    thread.ns = Math.max(thread.ns, ns)
    waitedNs += Math.max(0, waited - thread.waitedNs)
    thread.waitedNs = waited
  }

  /** The first two numbers of the file; null when the thread has ended. */
  function readTimes(fd: number): Times | null {
    let length: number
    try {
      length = readSync(fd, buffer, 0, 64, 0)
    } catch {
      return null
    }
    // By hand, since this runs thousands of times a second and a string for each would keep the collector busy.
    let ns = 0
    let index = 0
    for (; index < length && buffer[index] !== SPACE; index++) ns = ns * 10 + (buffer[index] ?? ZERO) - ZERO
    let waited = 0
    for (index += 1; index < length && buffer[index] !== SPACE; index++) {
      waited = waited * 10 + (buffer[index] ?? ZERO) - ZERO
    }
    return { ns, waited }
  }

  function drop(threads: Map<string, Thread>): void {
    for (const thread of threads.values()) closeSync(thread.fd)
    threads.clear()
  }

  function followThreads(pid: number, threads: Map<string, Thread>): void {
    let names: readonly string[]
    try {
      names = readdirSync(`/proc/${pid}/task`)
    } catch {
      return
    }
    for (const name of names) {
      if (threads.has(name)) continue
      try {
        const fd = openSync(`/proc/${pid}/task/${name}/schedstat`, 'r')
        threads.set(name, { fd, leads: name === String(pid), ns: 0, waitedNs: 0, heat: HEAT })
      } catch {
        // it has ended already
      }
    }
  }

  function makeUp(followed: readonly HostProcess[]): void {
    const now = new Map(followed.map((process) => [process.pid, process]))
    // Nobody inside the droplet reaps a service's first process, so its last known sum is kept.
    for (const [pid, last] of coarse) if (!now.has(pid) && pid === last.group) endedLeadersNs += last.cpuNs
    coarse = now
    let sumNs = endedLeadersNs
    for (const process of followed) sumNs += process.cpuNs
    const missedNs = sumNs - totalNs - COARSE_NS * (followed.length + 1)
    if (missedNs > 0) totalNs += missedNs
  }

  function read(full: boolean): number {
    for (const [pid, threads] of processes) {
      const gives = yields.has(pid)
      for (const [name, thread] of threads) {
        if (!full && !thread.leads && thread.heat <= 0) continue
        const times = readTimes(thread.fd)
        if (times) {
          update(thread, times, full, gives)
        } else {
          closeSync(thread.fd)
          threads.delete(name)
        }
      }
    }
    return totalNs
  }

  return {
    follow(followed, yielding = new Set()) {
      yields = yielding
      const present = new Set(followed.map((process) => process.pid))
      for (const [pid, threads] of processes) {
        if (present.has(pid)) continue
        drop(threads)
        processes.delete(pid)
      }
      for (const { pid } of followed) {
        const threads = processes.get(pid) ?? new Map<string, Thread>()
        processes.set(pid, threads)
        followThreads(pid, threads)
      }
      read(true)
      makeUp(followed)
    },
    read,
    yieldedNs: () => yieldedNs,
    waitedNs: () => waitedNs,
    memoryBytes() {
      let kb = 0
      for (const pid of processes.keys()) {
        try {
          const status = readFileSync(`/proc/${pid}/status`, 'latin1')
          for (const match of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)) kb += Number(match[1])
        } catch {
          // it has ended
        }
      }
      return kb * 1024
    },
    close() {
      for (const threads of processes.values()) drop(threads)
      processes.clear()
    },
  }
}
