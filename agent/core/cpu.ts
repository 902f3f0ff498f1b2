/** Cumulative ticks of all vCPUs, in the order of `/proc/stat`; a tick is 10 ms on Linux, and may be finer elsewhere. */
export interface CpuTicks {
  readonly ticks: readonly number[]
  readonly cores: number
}

/** Ticks over all vCPUs since the agent started, as the meter made them good; `busy` includes stolen time, since the droplet wanted it. */
export interface CpuCounters {
  readonly busy: number
  /** Of `busy`, what the hypervisor gave to others. */
  readonly stolen: number
  readonly total: number
  readonly cores: number
}

/** The host at one instant. Counters are cumulative, `memory` a fraction, `load1` per vCPU, `stallUs` µs of CPU pressure. */
export interface Reading {
  /** Epoch ms by the agent's own clock, which goes on evenly when the host's is set: what a sample carries. */
  readonly at: number
  /** Monotonic ms: what spans are measured with. */
  readonly monoMs: number
  readonly cpu: CpuCounters
  readonly memory: number | null
  readonly load1: number | null
  readonly stallUs: number | null
  /** What was odd about the host's counters, in words. */
  readonly odd: readonly string[]
}

/** `/proc/stat` → ticks; null when it is not such a file (or half written). */
export function parseStat(text: string): CpuTicks | null {
  const lines = text.split('\n')
  const fields = lines[0]?.trim().split(/\s+/)
  if (fields === undefined || fields[0] !== 'cpu' || fields.length < 5) return null
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const ticks = fields.slice(1, 9).map(Number)
  if (ticks.some((value) => !Number.isFinite(value))) return null
  const cores = lines.filter((line) => /^cpu\d/.test(line)).length
  return { ticks, cores: Math.max(1, cores) }
}

/** `/proc/meminfo` → used fraction, where memory the kernel can give back counts as free. */
export function parseMemory(text: string): number | null {
  const field = (name: string): number | null => {
    const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)
    return match === null ? null : Number(match[1])
  }
  const total = field('MemTotal')
  const free = field('MemAvailable') ?? reclaimable(field)
  return total === null || total <= 0 || free === null ? null : fraction(1 - free / total)
}

/** Kernels before 3.14 have no MemAvailable; shared memory is counted as cached and cannot be given back. */
function reclaimable(field: (name: string) => number | null): number | null {
  const free = field('MemFree')
  if (free === null) return null
  const cached = (field('Cached') ?? 0) + (field('SReclaimable') ?? 0) - (field('Shmem') ?? 0)
  return free + (field('Buffers') ?? 0) + Math.max(0, cached)
}

/** `/proc/loadavg` → the one-minute load of the whole host. */
export function parseLoad(text: string): number | null {
  const value = Number.parseFloat(text)
  return Number.isFinite(value) && value >= 0 ? value : null
}

/** `/proc/pressure/cpu` → µs since boot in which some task waited for a CPU; null where the kernel has no PSI. */
export function parseStall(text: string): number | null {
  const match = /^some\b.*\btotal=(\d+)/m.exec(text)
  return match === null ? null : Number(match[1])
}

/** Mean share of the CPU used between two readings; null when no time was counted between them. */
export function cpuBetween(from: Reading, to: Reading): number | null {
  const total = to.cpu.total - from.cpu.total
  return total > 0 ? fraction((to.cpu.busy - from.cpu.busy) / total) : null
}

/** Share of the CPU that the hypervisor gave to others between two readings; null when no time was counted between them. */
export function stealBetween(from: Reading, to: Reading): number | null {
  const total = to.cpu.total - from.cpu.total
  return total > 0 ? fraction((to.cpu.stolen - from.cpu.stolen) / total) : null
}

/** Share of the time in which some task waited for a CPU; null where the kernel does not tell. */
export function psiBetween(from: Reading, to: Reading): number | null {
  const elapsedUs = (to.monoMs - from.monoMs) * 1000
  if (from.stallUs === null || to.stallUs === null || elapsedUs <= 0) return null
  return fraction((to.stallUs - from.stallUs) / elapsedUs)
}

/** Clamped to 0…1 and cut to 4 digits, which is finer than the kernel's own clock and shorter to send. */
function fraction(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000
}
