import { busyOf } from '../../agent/core/meter.ts'
import type { CpuTicks } from '../../agent/core/cpu.ts'

/** The share of the CPU that was busy between two looks at healthy counters. */
export function shareBetween(from: CpuTicks, to: CpuTicks): number {
  const changes = to.ticks.map((count, field) => count - (from.ticks[field] ?? 0))
  return busyOf(changes) / changes.reduce((sum, change) => sum + change, 0)
}
