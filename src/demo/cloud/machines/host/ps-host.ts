import { execFile, execFileSync } from 'node:child_process'
import type { Host, HostProcess, Meter } from './host.ts'
import { createLinuxHost } from './linux-host.ts'

interface PsProcess extends HostProcess {
  readonly rssBytes: number
}

const COLUMNS = 'pid=,pgid=,stat=,rss=,time=,nice=,lstart='
const SAMPLE_MS = 60
const DEADLINE_MS = 5000

/** CPU time as `ps` writes it: `[days-][hours:]minutes:seconds[.hundredths]`, in ns. */
export function parseCpuTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').toReversed()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return Math.round((Number(days) * 86_400 + seconds) * 1e9)
}

/** The lines of `ps -axo pid=,pgid=,stat=,rss=,time=,nice=,lstart=` without zombies. */
export function parsePs(text: string): readonly PsProcess[] {
  const found: PsProcess[] = []
  for (const line of text.split('\n')) {
    const [pid, group, state, rss, time, nice, ...start] = line.trim().split(/\s+/)
    if (!pid || !group || !state || !rss || !time || state.startsWith('Z')) continue
    found.push({
      pid: Number(pid),
      group: Number(group),
      start: start.join(' '),
      cpuNs: parseCpuTime(time),
      nice: Number(nice),
      rssBytes: Number(rss) * 1024,
    })
  }
  return found
}

/**
 * Systems without /proc (macOS): one `ps` several times a second for all droplets. Coarser than Linux, so droplets run
 * in longer strokes there; debt keeps their mean.
 */
export function createPsHost(): Host {
  const meters = new Set<(sample: readonly PsProcess[]) => void>()
  let latest: readonly PsProcess[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function now(): readonly PsProcess[] {
    latest = parsePs(execFileSync('ps', ['-axo', COLUMNS], { encoding: 'utf8', timeout: DEADLINE_MS }))
    return latest
  }

  function sample(): void {
    execFile('ps', ['-axo', COLUMNS], { timeout: DEADLINE_MS }, (error, stdout) => {
      if (!error) {
        latest = parsePs(stdout)
        for (const tell of meters) tell(latest)
      }
      timer = meters.size > 0 && !closed ? setTimeout(sample, SAMPLE_MS) : undefined
    })
  }

  function createMeter(): Meter {
    const seen = new Map<number, PsProcess>()
    let followed = new Set<number>()
    let yields: ReadonlySet<number> = new Set()
    let totalNs = 0
    let yieldedNs = 0
    const tell = (processes: readonly PsProcess[]): void => {
      for (const process of processes) {
        if (!followed.has(process.pid)) continue
        const spentNs = Math.max(0, process.cpuNs - (seen.get(process.pid)?.cpuNs ?? 0))
        totalNs += spentNs
        if (yields.has(process.pid)) yieldedNs += spentNs
        seen.set(process.pid, process)
      }
    }
    meters.add(tell)
    if (!timer) timer = setTimeout(sample, SAMPLE_MS)
    return {
      follow(processes, yielding = new Set()) {
        yields = yielding
        followed = new Set(processes.map((process) => process.pid))
        for (const pid of seen.keys()) if (!followed.has(pid)) seen.delete(pid)
        tell(latest)
      },
      read: () => totalNs,
      yieldedNs: () => yieldedNs,
      waitedNs: () => 0,
      memoryBytes: () => [...seen.values()].reduce((sum, process) => sum + process.rssBytes, 0),
      close: () => void meters.delete(tell),
    }
  }

  return {
    processes: (groups) => now().filter((process) => groups.has(process.group)),
    createMeter,
    marked: () => [],
    lowerWeight: () => true,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}

/** How this system tells about processes. */
export function pickHost(): Host {
  return process.platform === 'linux' ? createLinuxHost() : createPsHost()
}
