import { cpus, freemem, loadavg, totalmem } from 'node:os'
import { createMeter } from '../core/meter.ts'
import { steadyNow } from './clock.ts'
import type { Collect } from './proc.ts'

/** Reads the host through Node, for systems without /proc (macOS): no PSI, and memory without what could be freed. */
export function createSystemCollect(): Collect {
  const meter = createMeter()
  return async () => {
    const cores = cpus()
    const sum = { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 }
    for (const { times } of cores) {
      sum.user += times.user
      sum.nice += times.nice
      sum.sys += times.sys
      sum.idle += times.idle
      sum.irq += times.irq
    }
    const count = Math.max(1, cores.length)
    return meter({
      ...steadyNow(),
      cpu: { ticks: [sum.user, sum.nice, sum.sys, sum.idle, 0, sum.irq], cores: count },
      memory: Math.round((1 - freemem() / totalmem()) * 10_000) / 10_000,
      load1: (loadavg()[0] ?? 0) / count,
      stallUs: null,
    })
  }
}
