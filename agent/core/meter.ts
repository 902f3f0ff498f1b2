import type { CpuTicks, Reading } from './cpu.ts'

/** The host as its files tell it, unchecked. */
export interface RawReading extends Omit<Reading, 'cpu' | 'odd'> {
  readonly cpu: CpuTicks
}

const FIELDS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
const [USER, IDLE, IOWAIT, STEAL] = [0, 3, 4, 7]
const isIdle = (field: number): boolean => field === IDLE || field === IOWAIT
/** What the kernel counts a second and vCPU, until this host has shown that it counts finer. */
const TICKS_PER_SECOND = 100
/** Nothing counts finer than µs. */
const MOST_TICKS_PER_SECOND = 1_000_000
/** Files may be written some time before they are read, so a span may hold more than its own time. */
const SLACK_S = 0.5
/** iowait may go back a little on a healthy kernel; that much of a span is not worth a word. */
const HARMLESS = 0.01
/** A host's usual ticks are the median of so many spans. */
const SPANS = 9
/** Odd counters are reported over so long at least: in less, a file written late looks like time that is missing. */
const TELLING_S = 0.9
/** Counters that add up to so much of the time miss nothing. */
const COMPLETE = 0.95
/** Time that is missing beside an idle counter that stands still, from so much of the span on, is idle. */
const FREE = 0.5
/** Counters that have stood still for so long are worth a word. */
const FROZEN_S = 5

/** Ticks of these in which something ran, or was kept from it by the hypervisor. */
export function busyOf(ticks: readonly number[]): number {
  return ticks.reduce((sum, count, field) => (isIdle(field) ? sum : sum + count), 0)
}

/**
 * Makes readings whose counters only grow, out of counters that may go back, jump or begin again: differences are taken
 * per field, none is below zero or above what can have passed, and where one is, the others and the clock say how busy
 * the host was. `odd` says so in words.
 */
export function createMeter(): (raw: RawReading) => Reading {
  let last: RawReading | null = null
  /** Up to where the CPU's ticks have been taken in. */
  let settled: RawReading | null = null
  let movedAt = 0
  const sum = { busy: 0, stolen: 0, total: 0, stallUs: 0 }
  const rates: number[] = []

  /** Ticks a second and vCPU; null: not known yet. */
  function usualRate(changes: readonly number[], coreSeconds: number): number | null {
    if (rates.length > 0) return rates.toSorted((a, b) => a - b)[rates.length >> 1]!
    if (!changes.some((change) => change < 0)) return null
    // Something is wrong already. Where what could be the kernel's ticks adds up to the time, those are the true ones.
    const kernels = coreSeconds * TICKS_PER_SECOND
    const fitting = changes.filter((change) => change > 0 && change < 2.5 * kernels)
    const sum = fitting.reduce((total, change) => total + change, 0)
    return sum > 0.5 * kernels && sum < 1.5 * kernels ? TICKS_PER_SECOND : null
  }

  /** false: too soon to tell, so the next reading is compared with the same one. */
  function advanceCpu(before: RawReading, raw: RawReading, odd: string[]): boolean {
    const seconds = (raw.monoMs - before.monoMs) / 1000
    if (seconds <= 0) return false
    const changes = FIELDS.map((_, field) => (raw.cpu.ticks[field] ?? 0) - (before.cpu.ticks[field] ?? 0))
    const usual = usualRate(changes, seconds * raw.cpu.cores)
    const cores = Math.max(before.cpu.cores, raw.cpu.cores)
    const most = (usual ?? MOST_TICKS_PER_SECOND) * cores * (2 * seconds + SLACK_S)
    const sane = changes.map((change) => (change < 0 || change > most ? 0 : change))
    const counted = sane.reduce((total, change) => total + change, 0)
    const wrong = FIELDS.flatMap((name, field) => {
      const change = changes[field]!
      return change > most || -change > Math.max(2, HARMLESS * counted) ? [{ name, field, change }] : []
    })
    const least = Math.max(TICKS_PER_SECOND, usual ?? 0) * seconds * Math.min(before.cpu.cores, raw.cpu.cores)
    const waiting = changes[IDLE]! + changes[IOWAIT]!
    if (wrong.length === 0 && waiting === 0 && counted > 0 && counted < FREE * least) {
      wrong.push({ name: 'idle', field: IDLE, change: 0 })
    }
    if (counted > 0) movedAt = raw.monoMs
    if (wrong.length === 0) {
      if (raw.monoMs - movedAt >= FROZEN_S * 1000) odd.push('the CPU counters do not move')
      sum.busy += busyOf(sane)
      sum.stolen += sane[STEAL]!
      sum.total += counted
      if (counted > 0) rates.push(counted / seconds / raw.cpu.cores)
      if (rates.length > SPANS) rates.shift()
      return true
    }
    if (seconds < TELLING_S) return false
    const words = wrong.map(({ name, change }) =>
      change === 0
        ? `${name} stood still`
        : `${name} ${change < 0 ? 'went back' : 'jumped'} by ${Math.abs(change)} ticks`,
    )
    odd.push(`the CPU counters are odd: ${words.join(', ')} in ${seconds.toFixed(1)} s`)
    if (rates.length === 0 && usual !== null) rates.push(usual)
    // Everything went back: another boot's counters, so nothing can be said of the span.
    if (changes[USER]! < 0 && changes[IDLE]! < 0) return true
    const passed = seconds * raw.cpu.cores * (usual ?? Math.max(TICKS_PER_SECOND, counted / seconds / raw.cpu.cores))
    const busy = busyOf(sane)
    const idleWrong = wrong.some(({ field }) => isIdle(field))
    // Where the others account for the time, nothing is missing; else what is missing is what the wrong ones stand for.
    const missing = idleWrong || counted > COMPLETE * passed ? 0 : passed - counted
    sum.busy += busy + missing
    sum.stolen += sane[STEAL]!
    sum.total += Math.max(counted + missing, idleWrong ? passed : 0)
    return true
  }

  /** null: the span says nothing about pressure. */
  function advanceStall(before: RawReading, raw: RawReading, odd: string[]): number | null {
    if (before.stallUs === null || raw.stallUs === null) return raw.stallUs === null ? null : sum.stallUs
    const spanUs = (raw.monoMs - before.monoMs) * 1000
    const change = raw.stallUs - before.stallUs
    if (change < 0 || change > 2 * spanUs + SLACK_S * 1e6) {
      odd.push(`CPU pressure ${change < 0 ? 'went back' : 'jumped'} by ${Math.abs(change)} µs`)
      return null
    }
    sum.stallUs += change
    return sum.stallUs
  }

  return (raw) => {
    const odd: string[] = []
    let stallUs = raw.stallUs === null ? null : sum.stallUs
    if (last === null) movedAt = raw.monoMs
    else stallUs = advanceStall(last, raw, odd)
    if (settled === null || advanceCpu(settled, raw, odd)) settled = raw
    last = raw
    return { ...raw, cpu: { busy: sum.busy, stolen: sum.stolen, total: sum.total, cores: raw.cpu.cores }, stallUs, odd }
  }
}
