import { cpus, freemem, loadavg, totalmem } from 'node:os'
import type { Collect } from './proc.ts'

/** Reads the host through Node, for systems without /proc (macOS): no PSI, and memory without what could be freed. */
export function createSystemCollect(): Collect {
  return async () => {
    const cores = cpus()
    let busy = 0
    let total = 0
    for (const { times } of cores) {
      busy += times.user + times.nice + times.sys + times.irq
      total += times.user + times.nice + times.sys + times.irq + times.idle
    }
    const count = Math.max(1, cores.length)
    return {
      at: Date.now(),
      monoMs: performance.now(),
      cpu: { busy, total, cores: count },
      memory: Math.round((1 - freemem() / totalmem()) * 10_000) / 10_000,
      load1: (loadavg()[0] ?? 0) / count,
      stallUs: null,
    }
  }
}
