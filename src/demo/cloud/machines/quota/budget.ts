/** How much CPU a droplet may use; all derived from its vCPUs, in nanoseconds of CPU time. */
export interface Quota {
  /** CPU seconds per second, may be a fraction. */
  readonly vcpus: number
  /** A stopped droplet goes on once it has saved this much: one period's share. */
  readonly sliceNs: number
  /** What an idle droplet saves up at most. */
  readonly capNs: number
  /** What is remembered at most of an overrun, so that no droplet is stopped for longer than about a second. */
  readonly debtNs: number
}

/** The bucket: `creditNs` of CPU time may be used from `atMs` on; negative is debt. */
export interface Budget {
  readonly creditNs: number
  readonly atMs: number
}

/** Whether the droplet may run, and after how many ms to look again. */
export interface Verdict {
  readonly run: boolean
  readonly lookAfterMs: number
}

const PERIOD_MS = 20
const LONGEST_STOP_MS = 1000
/** Between these, looks at a running droplet come about when its credit could be spent. */
const SOONEST_LOOK_MS = 2
const LATEST_LOOK_MS = 12
const NS = 1e6

export function quotaOf(vcpus: number): Quota {
  const sliceNs = vcpus * PERIOD_MS * NS
  return { vcpus, sliceNs, capNs: 2 * sliceNs, debtNs: vcpus * LONGEST_STOP_MS * NS }
}

/** A full bucket, as a droplet has it at boot. */
export function fullBudget(quota: Quota, nowMs: number): Budget {
  return { creditNs: quota.capNs, atMs: nowMs }
}

/**
 * Refills for the time passed and charges what was used in it. Overruns become debt, which later refills pay off:
 * that keeps the mean exact although the kernel tells CPU time only every few milliseconds.
 */
export function settle(budget: Budget, quota: Quota, usedNs: number, nowMs: number): Budget {
  const refillNs = quota.vcpus * Math.max(0, nowMs - budget.atMs) * NS
  const creditNs = Math.min(quota.capNs, Math.max(-quota.debtNs, budget.creditNs + refillNs - usedNs))
  return { creditNs, atMs: nowMs }
}

/** A running droplet is stopped when its credit is spent; a stopped one goes on when it has saved a slice. */
export function judge(budget: Budget, quota: Quota, stopped: boolean): Verdict {
  return between(budget, quota, stopped, 0, quota.sliceNs)
}

/** What gives way runs on what others leave: a slice is always kept for them. */
export function judgeYielding(budget: Budget, quota: Quota, stopped: boolean): Verdict {
  return between(budget, quota, stopped, quota.sliceNs, 1.5 * quota.sliceNs)
}

/** Runs down to a credit of `downTo`, and again from `upTo` on. */
function between({ creditNs }: Budget, quota: Quota, stopped: boolean, downTo: number, upTo: number): Verdict {
  const run = stopped ? creditNs >= upTo : creditNs > downTo
  // At least one: a rounding error short of a slice must not make the next look come at the same instant again.
  if (!run) return { run, lookAfterMs: Math.max(1, (upTo - creditNs) / (quota.vcpus * NS)) }
  const drainPerMs = Math.max(0.1, 1 - quota.vcpus) * NS
  const spentAfterMs = (creditNs - downTo) / drainPerMs
  return { run, lookAfterMs: Math.min(LATEST_LOOK_MS, Math.max(SOONEST_LOOK_MS, spentAfterMs)) }
}
