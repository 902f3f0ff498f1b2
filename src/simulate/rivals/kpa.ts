/**
 * Knative's pod autoscaler. After
 * - github.com/knative/serving pkg/autoscaler/scaling/autoscaler.go (`Scale`: stable and panic mode, rate limits,
 *   scale-down delay; it begins in panic mode when more than one pod is ready)
 * - pkg/autoscaler/metrics/collector.go (scraped every second, one bucket a second)
 * - config/core/configmaps/autoscaler.yaml (2 s tick, 60 s stable window, panic window 10 % of it, panic at 200 %,
 *   70 % of a pod's capacity, scale-up rate 1000, scale-down rate 2)
 * - https://knative.dev/docs/serving/autoscaling/
 */
import type { PoolView, Scaler } from '../scaler.ts'
import { createBeat, createWindow, meanOf, servingOf, sizeOf } from './metrics.ts'

export interface KpaSettings {
  /** autoscaling.knative.dev/metric. */
  readonly metric: 'rps' | 'concurrency'
  /** What one pod takes when it is full: requests a second, or requests at a time. */
  readonly capacity: number
  /** target-utilization-percentage, as a fraction. */
  readonly target: number
  readonly stableS: number
  /** panic-window-percentage, as a fraction of the stable window. */
  readonly panicShare: number
  /** panic-threshold-percentage, as a fraction. */
  readonly panicAt: number
  readonly maxScaleUpRate: number
  readonly maxScaleDownRate: number
  /** scale-down-delay. */
  readonly scaleDownDelayS: number
}

const KPA_DEFAULTS: KpaSettings = {
  metric: 'rps',
  capacity: 100,
  target: 0.7,
  stableS: 60,
  panicShare: 0.1,
  panicAt: 2,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  scaleDownDelayS: 0,
}

/** tick-interval. */
const TICK_S = 2

export function createKpa(settings: Partial<KpaSettings> = {}): Scaler {
  const all: KpaSettings = { ...KPA_DEFAULTS, ...settings }
  const due = createBeat(TICK_S)
  const stable = createWindow(all.stableS)
  const panic = createWindow(Math.max(1, Math.round(all.stableS * all.panicShare)))
  let began = false
  let panicSince: number | null = null
  let panicPods = 0
  let delayed: { t: number; count: number }[] = []

  function scale(t: number, ready: number): number | null {
    if (!began) {
      began = true
      // With its history lost it keeps what there is until it knows better.
      if (ready > 1) [panicSince, panicPods] = [t, ready]
    }
    const stableValue = stable.mean(t)
    if (stableValue === null) return null
    const target = all.capacity * all.target
    const pods = Math.max(1, ready)
    const most = Math.ceil(all.maxScaleUpRate * pods)
    const least = Math.floor(pods / all.maxScaleDownRate)
    const wantedInPanic = Math.ceil((panic.mean(t) ?? 0) / target)
    const stablePods = Math.min(Math.max(Math.ceil(stableValue / target), least), most)

    if (wantedInPanic / pods >= all.panicAt) panicSince = t
    else if (panicSince !== null && t - panicSince > all.stableS) [panicSince, panicPods] = [null, 0]
    let count = stablePods
    if (panicSince !== null) {
      // In panic the pods only ever become more.
      panicPods = Math.max(panicPods, stablePods, Math.min(Math.max(wantedInPanic, least), most))
      count = panicPods
    }
    if (all.scaleDownDelayS > 0) {
      delayed = delayed.filter((one) => one.t > t - all.scaleDownDelayS)
      delayed.push({ t, count })
      count = Math.max(...delayed.map((one) => one.count))
    }
    return count
  }

  return {
    name: 'kpa',
    everyS: 1,
    desired: (view) => {
      const ready = servingOf(view).length
      const value = read(view, all.metric)
      if (value !== null) {
        stable.add(view.t, value)
        panic.add(view.t, value)
      }
      if (!due(view.t)) return sizeOf(view)
      return Math.max(1, scale(view.t, ready) ?? sizeOf(view))
    },
  }
}

/**
 * What the queue-proxies report, all pods together: pods that do not answer count as the mean of those that do. Both
 * count a request as it comes in, so one that waits, for a CPU or for something else, or gives up waiting, is counted
 * like one that is served; and an open connection is in flight as long as it is open.
 */
function read(view: PoolView, metric: KpaSettings['metric']): number | null {
  const serving = servingOf(view)
  const mean = meanOf(serving, metric === 'rps' ? 'arrived' : 'inFlight')
  return mean === null ? null : mean * serving.length
}
