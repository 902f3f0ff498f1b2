import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import type { Host, HostProcess } from './host.ts'
import { createLinuxMeter } from './linux-meter.ts'

/** /proc counts in hundredths of a second on every architecture. */
const TICK_NS = 1e7
/** Matches `nice -n` of the services; see `lowerWeight`. */
const SESSION_NICE = '2'

/** One line of `/proc/PID/stat`; null for a zombie. The name in brackets may hold anything, so counting starts after it. */
function parseStat(text: string): HostProcess | null {
  const pid = Number.parseInt(text, 10)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
  return { pid, group: Number(fields[2]), start: fields[19] ?? '', cpuNs: ticks * TICK_NS, nice: Number(fields[16]) }
}

function inspect(pid: number | string): HostProcess | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return null // it has ended
  }
}

function pids(): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
}

/** Linux: everything comes from /proc. */
export function createLinuxHost(): Host {
  // Processes known to be none of ours are not read again, which makes a look at a busy host cheap.
  let foreign = new Set<string>()
  let foreignTo = ''

  return {
    processes(groups) {
      const key = [...groups].join()
      if (key !== foreignTo) foreign = new Set()
      foreignTo = key
      const present = new Set<string>()
      const found: HostProcess[] = []
      for (const pid of pids()) {
        if (foreign.has(pid)) {
          present.add(pid)
          continue
        }
        const process = inspect(pid)
        if (!process) continue
        if (groups.has(process.group)) found.push(process)
        else present.add(pid)
      }
      foreign = present
      return found
    },
    createMeter: createLinuxMeter,
    marked(variable, value) {
      const mark = `\0${variable}=${value}\0`
      const found: HostProcess[] = []
      for (const pid of pids()) {
        try {
          if (!`\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`.includes(mark)) continue
        } catch {
          continue // another user's, or gone
        }
        const process = inspect(pid)
        if (process) found.push(process)
      }
      return found
    },
    lowerWeight(pid) {
      // Where sessions are weighed against each other (autogroup), a process's own niceness counts only within its session.
      try {
        writeFileSync(`/proc/${pid}/autogroup`, SESSION_NICE)
        return true
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'EAGAIN' // EAGAIN: the kernel takes few such changes a second
      }
    },
    close() {},
  }
}
