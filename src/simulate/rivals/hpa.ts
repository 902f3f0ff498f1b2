/**
 * The Horizontal Pod Autoscaler of Kubernetes, autoscaling/v2, on CPU utilisation. After
 * - github.com/kubernetes/kubernetes pkg/controller/podautoscaler/replica_calculator.go
 *   (`GetResourceReplicas`, `groupPods`: tolerance, and what unready and missing pods count as)
 * - pkg/controller/podautoscaler/horizontal.go (`stabilizeRecommendationWithBehaviors`,
 *   `convertDesiredReplicasWithBehaviorRate`)
 * - pkg/apis/autoscaling/v2/defaults.go (+4 pods or +100 % per 15 s, the larger; no stabilisation upwards)
 * - https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ (15 s, 0.1, 300 s)
 */
import type { PoolView, Scaler } from '../scaler.ts'
import { createBeat, sizeOf } from './metrics.ts'

export interface HpaSettings {
  /** averageUtilization, as a fraction. */
  readonly target: number
  /** --horizontal-pod-autoscaler-sync-period. */
  readonly syncS: number
  /** --horizontal-pod-autoscaler-tolerance. */
  readonly tolerance: number
  /** behavior.scaleDown.stabilizationWindowSeconds. */
  readonly scaleInWindowS: number
  /** behavior.scaleUp.policies: this many pods, or this share of them, in 15 s. */
  readonly addPods: number
  readonly addShare: number
}

/** DefaultCPUUtilization is 80 in pkg/apis/autoscaling/types.go. */
const HPA_DEFAULTS: HpaSettings = {
  target: 0.8,
  syncS: 15,
  tolerance: 0.1,
  scaleInWindowS: 300,
  addPods: 4,
  addShare: 1,
}

/** Seconds of usage behind one CPU reading: the metrics server's own resolution, at its shortest. */
const METRIC_WINDOW_S = 15
/** scaleUpPeriod in defaults.go. */
const SCALE_OUT_PERIOD_S = 15

/** A pod as the replica calculator groups it; `usage` is a fraction of what it requested. */
type Pod = { readonly kind: 'ready'; readonly usage: number } | { readonly kind: 'unready' | 'missing' }

export function createHpa(settings: Partial<HpaSettings> = {}): Scaler {
  const all: HpaSettings = { ...HPA_DEFAULTS, ...settings }
  const due = createBeat(all.syncS)
  const usage = createUsage()
  let recommendations: { t: number; count: number }[] = []
  let additions: { t: number; count: number }[] = []

  function decide(view: PoolView): number {
    const size = sizeOf(view)
    const { t } = view
    if (recommendations.length === 0) recommendations.push({ t, count: size })
    const wanted = recommend(usage.pods(view), size, all)

    // Scaling in goes no lower than any recommendation within the window; scaling out has no window.
    recommendations = recommendations.filter((one) => one.t > t - all.scaleInWindowS)
    const floor = Math.max(wanted, ...recommendations.map((one) => one.count))
    recommendations.push({ t, count: wanted })
    if (wanted <= size) return Math.min(size, floor)

    additions = additions.filter((one) => one.t > t - SCALE_OUT_PERIOD_S)
    const before = size - additions.reduce((sum, one) => sum + one.count, 0)
    const limit = Math.max(before + all.addPods, Math.ceil(before * (1 + all.addShare)))
    const to = Math.max(size, Math.min(wanted, limit))
    if (to > size) additions.push({ t, count: to - size })
    return to
  }

  return {
    name: 'hpa',
    everyS: 1,
    desired: (view) => {
      usage.see(view)
      return due(view.t) ? Math.max(1, decide(view)) : sizeOf(view)
    },
  }
}

/** `GetResourceReplicas`: the replicas that would bring the mean to its target. */
function recommend(pods: readonly Pod[], size: number, { target, tolerance }: HpaSettings): number {
  const ready = pods.filter((pod) => pod.kind === 'ready').map((pod) => pod.usage)
  const unready = pods.filter((pod) => pod.kind === 'unready').length
  const missing = pods.filter((pod) => pod.kind === 'missing').length
  if (ready.length === 0) return size
  const ratio = mean(ready) / target
  const rebalance = unready > 0 && ratio > 1
  if (!rebalance && missing === 0) {
    return Math.abs(1 - ratio) <= tolerance ? size : Math.ceil(round(ratio * ready.length))
  }
  // Missing pods count as fully used on the way in and as idle on the way out; unready ones as idle on the way out.
  const filled = [...ready]
  if (ratio !== 1) filled.push(...Array.from({ length: missing }, () => (ratio < 1 ? 1 : 0)))
  if (rebalance) filled.push(...Array.from({ length: unready }, () => 0))
  const again = mean(filled) / target
  if (Math.abs(1 - again) <= tolerance || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return size
  const count = Math.ceil(round(again * filled.length))
  if ((again < 1 && count > size) || (again > 1 && count < size)) return size
  return count
}

/** Each pod's CPU since the last sync, as the metrics server tells it: a mean over a window, not an instant. */
function createUsage(): { see(view: PoolView): void; pods(view: PoolView): readonly Pod[] } {
  let sums = new Map<string, { sum: number; count: number }>()
  return {
    see: (view) => {
      for (const member of view.members) {
        const cpu = member.phase === 'inService' ? member.metered?.cpu : undefined
        if (cpu === undefined) continue
        const entry = sums.get(member.id) ?? { sum: 0, count: 0 }
        entry.sum += cpu
        entry.count++
        sums.set(member.id, entry)
      }
    },
    pods: (view) => {
      const known = sums
      sums = new Map()
      return view.members
        .filter((member) => member.phase !== 'draining')
        .map((member): Pod => {
          if (member.phase === 'booting') return { kind: 'unready' }
          const entry = known.get(member.id)
          if (entry === undefined) return { kind: 'missing' }
          // A pod just ready is left out until one whole metric window has passed since.
          return member.age < METRIC_WINDOW_S ? { kind: 'unready' } : { kind: 'ready', usage: entry.sum / entry.count }
        })
    },
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The real one counts in whole percents; this only keeps 7.000000000000001 from becoming 8. */
function round(value: number): number {
  return Math.round(value * 1e9) / 1e9
}
