/**
 * DigitalOcean's Droplet autoscale pools. After
 * - https://docs.digitalocean.com/products/droplets/concepts/autoscale-pools/ (ceil(droplets × current / target); one
 *   cooldown between any two changes)
 * - https://docs.digitalocean.com/reference/api/ `autoscale_pool_dynamic_config`: cooldown_minutes 5 to 20, 10 unless
 *   given; target_cpu_utilization 0.05 to 1
 * - github.com/digitalocean/do-agent pkg/clients/tsclient/client.go (`defaultWaitInterval`: metrics once a minute)
 * How often it looks is not published; it looks at each new minute of metrics here, and sees it without delay.
 */
import type { Scaler } from '../scaler.ts'
import { createBeat, createWindow, meanOf, servingOf, sizeOf } from './metrics.ts'

export interface DoPoolsSettings {
  readonly target: number
  /** At least five minutes. */
  readonly cooldownS: number
  /** Seconds between looks, and of CPU behind each. */
  readonly periodS: number
}

/** The example of the documentation aims at 80 %. */
const DO_POOLS_DEFAULTS: DoPoolsSettings = { target: 0.8, cooldownS: 600, periodS: 60 }

export function createDoPools(settings: Partial<DoPoolsSettings> = {}): Scaler {
  const { target, cooldownS, periodS }: DoPoolsSettings = { ...DO_POOLS_DEFAULTS, ...settings }
  const due = createBeat(periodS)
  const window = createWindow(periodS)
  let changedAt = -Infinity
  return {
    name: 'do-pools',
    everyS: 1,
    desired: (view) => {
      const size = sizeOf(view)
      const cpu = meanOf(servingOf(view), 'cpu')
      if (cpu !== null) window.add(view.t, cpu)
      const utilisation = window.mean(view.t)
      if (!due(view.t) || utilisation === null || view.t - changedAt < cooldownS) return size
      const to = Math.max(1, Math.ceil((size * utilisation) / target))
      if (to !== size) changedAt = view.t
      return to
    },
  }
}
