import { signalGroups, signalProcesses, type Meter } from '../host/host.ts'
import { fullBudget, judge, judgeYielding, quotaOf, settle, type Budget, type Quota } from './budget.ts'

/** What a droplet has used since it was put under the governor. */
export interface Usage {
  readonly usedNs: number
  /** How long it stood still though it wanted to run. */
  readonly stoppedNs: number
}

export interface GovernedDroplet {
  readonly vcpus: number
  readonly meter: Meter
  /** Its process groups as they are now. */
  groups(): readonly number[]
  /** Those of its processes that give way to the others, by their niceness. */
  yielding(): readonly number[]
  /** Until then (clock of `performance.now()`) the quota is not enforced. */
  readonly freeUntilMs: number
}

/** Holds every droplet to its share of CPU by stopping and continuing its process groups. */
export interface Governor {
  add(id: string, droplet: GovernedDroplet): void
  /** Lets its processes run freely again. */
  remove(id: string): void
  usage(id: string): Usage
  /** Removes all. */
  close(): void
}

interface Entry {
  readonly droplet: GovernedDroplet
  readonly quota: Quota
  /** Without what gave way: that stops nobody else, however late a look at it comes. */
  budget: Budget
  /** Of everything. */
  whole: Budget
  readonly baseNs: number
  usedNs: number
  yieldedNs: number
  stoppedAtMs: number | null
  /** What gives way is stopped, though the droplet may run. */
  yields: boolean
  stoppedMs: number
  dueMs: number
  fullDueMs: number
  busyAtMs: number
}

/** Quiet this long, a droplet is looked at rarely. */
const QUIET_AFTER_MS = 1000
const QUIET_LOOK_MS = 25
/** All threads are read this often; between, only those that were burning. */
const FULL_READ_MS = 50

export function createGovernor(): Governor {
  const entries = new Map<string, Entry>()
  let timer: NodeJS.Timeout | undefined

  function look(entry: Entry, now: number): void {
    const stopped = entry.stoppedAtMs !== null
    const full = stopped || now >= entry.fullDueMs
    if (full) entry.fullDueMs = now + FULL_READ_MS
    const usedNs = entry.droplet.meter.read(full) - entry.baseNs
    const yieldedNs = entry.droplet.meter.yieldedNs()
    const spentNs = usedNs - entry.usedNs
    const ownNs = spentNs - (yieldedNs - entry.yieldedNs)
    entry.usedNs = usedNs
    entry.yieldedNs = yieldedNs
    if (spentNs > 0) entry.busyAtMs = now
    if (now < entry.droplet.freeUntilMs) {
      entry.budget = fullBudget(entry.quota, now)
      entry.whole = entry.budget
      entry.dueMs = now + QUIET_LOOK_MS
      return
    }
    entry.budget = settle(entry.budget, entry.quota, ownNs, now)
    entry.whole = settle(entry.whole, entry.quota, spentNs, now)
    const verdict = judge(entry.budget, entry.quota, stopped)
    if (verdict.run && entry.stoppedAtMs !== null) {
      entry.stoppedMs += now - entry.stoppedAtMs
      entry.stoppedAtMs = null
      signalGroups(entry.droplet.groups(), 'SIGCONT')
    } else if (!verdict.run && !stopped) {
      entry.stoppedAtMs = now
      signalGroups(entry.droplet.groups(), 'SIGSTOP')
    }
    const lookAfterMs = Math.min(verdict.lookAfterMs, verdict.run ? lookAtYielding(entry) : Infinity)
    const quiet = verdict.run && now - entry.busyAtMs > QUIET_AFTER_MS
    // All quiet droplets are looked at in one wake-up.
    entry.dueMs = quiet ? (Math.floor(now / QUIET_LOOK_MS) + 1) * QUIET_LOOK_MS : now + lookAfterMs
  }

  /** A niced process takes what the others leave, as the scheduler of a machine of its own would have it; ms to the next look. */
  function lookAtYielding(entry: Entry): number {
    const pids = entry.droplet.yielding()
    const verdict = judgeYielding(entry.whole, entry.quota, entry.yields)
    const yields = pids.length > 0 && !verdict.run
    // Again at each look: whenever the droplet goes on, these have gone on with it.
    if (yields) signalProcesses(pids, 'SIGSTOP')
    // All of it: what gave way may do so no more.
    else if (entry.yields) signalGroups(entry.droplet.groups(), 'SIGCONT')
    entry.yields = yields
    return pids.length === 0 ? Infinity : verdict.lookAfterMs
  }

  function turn(): void {
    const now = performance.now()
    // Half a millisecond early is on time: timers only know whole ones, and one turn serves all that are due.
    for (const entry of entries.values()) if (entry.dueMs <= now + 0.5) look(entry, now)
    plan()
  }

  function plan(): void {
    clearTimeout(timer)
    timer = undefined
    let next = Infinity
    for (const entry of entries.values()) next = Math.min(next, entry.dueMs)
    if (next < Infinity) timer = setTimeout(turn, Math.max(1, Math.round(next - performance.now())))
  }

  function release(entry: Entry): void {
    signalGroups(entry.droplet.groups(), 'SIGCONT')
    entry.stoppedAtMs = null
  }

  return {
    add(id, droplet) {
      const now = performance.now()
      const quota = quotaOf(droplet.vcpus)
      entries.set(id, {
        droplet,
        quota,
        budget: fullBudget(quota, now),
        whole: fullBudget(quota, now),
        baseNs: droplet.meter.read(true),
        usedNs: 0,
        yieldedNs: droplet.meter.yieldedNs(),
        stoppedAtMs: null,
        yields: false,
        stoppedMs: 0,
        dueMs: now,
        fullDueMs: now,
        busyAtMs: now,
      })
      plan()
    },
    remove(id) {
      const entry = entries.get(id)
      if (!entry) return
      entries.delete(id)
      release(entry)
      plan()
    },
    usage(id) {
      const entry = entries.get(id)
      if (!entry) return { usedNs: 0, stoppedNs: 0 }
      const standing = entry.stoppedAtMs === null ? 0 : performance.now() - entry.stoppedAtMs
      return { usedNs: entry.usedNs, stoppedNs: (entry.stoppedMs + standing) * 1e6 }
    },
    close() {
      clearTimeout(timer)
      for (const entry of entries.values()) release(entry)
      entries.clear()
    },
  }
}
