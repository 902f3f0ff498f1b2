import type { Counters } from './counters.ts'

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
