import type { Scaler } from '../scaler.ts'
import { createAws } from './aws.ts'
import { createHpa } from './hpa.ts'
import { createKpa } from './kpa.ts'
import { createBeat, createWindow, meanOf, servingOf, sizeOf } from './metrics.ts'

/** One way to set a rival up. */
export interface RivalSetting {
  readonly label: string
  /** A new one, that remembers nothing; the one who set it up knew how many requests a second fill a member. */
  readonly create: (memberRps: number) => Scaler
}

/** A rival and the settings it may choose from: it is judged by the one that does best over all demands. */
export interface Rival {
  readonly key: 'hpa' | 'kpa' | 'aws' | 'do-pools' | 'nomad'
  readonly name: string
  readonly settings: readonly RivalSetting[]
}

const TARGETS = [0.4, 0.5, 0.6, 0.7, 0.8]

/**
 * Everyone Spinup is measured against, each with the settings its documentation lets one choose. Tried and left out, as
 * never the best: AWS with a warm-up of 60 s, Nomad with a query over a minute, Knative with longer stable windows.
 */
export const RIVALS: readonly Rival[] = [
  {
    key: 'kpa',
    name: 'Knative',
    settings: [
      ...product(TARGETS, [30, 60], (target, stableS) => ({
        label: `rps, ${percent(target)}, ${stableS} s window`,
        // The panic window stays at 6 s, below which one busy second is a panic.
        create: (memberRps) => createKpa({ capacity: memberRps, target, stableS, panicShare: 6 / stableS }),
      })),
      // Its default of 100 requests at a time is meant for large machines.
      ...product([1, 1.5, 2, 3, 5, 10, 30, 100], [60], (capacity, stableS) => ({
        label: `concurrency ${capacity}, 70 %, ${stableS} s window`,
        create: () => createKpa({ metric: 'concurrency', capacity, stableS }),
      })),
    ],
  },
  {
    key: 'hpa',
    name: 'Kubernetes HPA',
    settings: product(TARGETS, [300, 120], (target, scaleInWindowS) => ({
      label: `${percent(target)}, ${scaleInWindowS} s stabilisation`,
      create: () => createHpa({ target, scaleInWindowS }),
    })),
  },
  {
    key: 'aws',
    name: 'AWS target tracking',
    settings: product(TARGETS, [60, 10] as const, (target, periodS) => ({
      label: `${percent(target)}, ${periodS} s metric`,
      create: () => createAws({ target, periodS }),
    })),
  },
  {
    key: 'do-pools',
    name: 'DigitalOcean pools',
    settings: product([0.2, 0.3, ...TARGETS], [300, 600], (target, cooldownS) => ({
      label: `${percent(target)}, ${cooldownS / 60} min cooldown`,
      create: () => createDoPools({ target, cooldownS }),
    })),
  },
  {
    key: 'nomad',
    name: 'Nomad target-value',
    settings: product(TARGETS, [300, 60], (target, cooldownOnScaleUpS) => ({
      label: `${percent(target)}, ${cooldownOnScaleUpS} s cooldown upwards`,
      create: () => createNomad({ target, cooldownOnScaleUpS }),
    })),
  },
]

function product<A, B>(
  first: readonly A[],
  second: readonly B[],
  make: (a: A, b: B) => RivalSetting,
): readonly RivalSetting[] {
  return first.flatMap((a) => second.map((b) => make(a, b)))
}

function percent(target: number): string {
  return `${Math.round(target * 100)} %`
}

/**
 * DigitalOcean's Droplet autoscale pools. After
 * - https://docs.digitalocean.com/products/droplets/concepts/autoscale-pools/ (ceil(droplets × current / target); one
 *   cooldown between any two changes)
 * - https://docs.digitalocean.com/reference/api/ `autoscale_pool_dynamic_config`: cooldown_minutes 5 to 20, 10 unless
 *   given; target_cpu_utilization 0.05 to 1
 * - github.com/digitalocean/do-agent pkg/clients/tsclient/client.go (`defaultWaitInterval`: metrics once a minute)
 * How often it looks is not published; it looks at each new minute of metrics here, and sees it without delay.
 */

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

/**
 * HashiCorp's Nomad Autoscaler with its target-value strategy. After
 * - github.com/hashicorp/nomad-autoscaler plugins/builtin/strategy/target-value/plugin/plugin.go (`calculateDirection`,
 *   `defaultPrecision` 0.01, ceil(count × metric / target))
 * - agent/config/config.go (`defaultEvaluationInterval` 10 s, `defaultPolicyCooldown` 5 min)
 * - policyeval/base_worker.go (`errTargetNotReady`: with nodes still on their way nothing is evaluated)
 * - https://developer.hashicorp.com/nomad/tools/autoscaling/policy (cooldown, cooldown_on_scale_up)
 */

export interface NomadSettings {
  readonly target: number
  readonly precision: number
  readonly evaluationS: number
  readonly cooldownS: number
  /** cooldown_on_scale_up; as long as the other unless given. */
  readonly cooldownOnScaleUpS: number
  /** Seconds of CPU that the query averages. */
  readonly queryS: number
}

const NOMAD_DEFAULTS: NomadSettings = {
  target: 0.7,
  precision: 0.01,
  evaluationS: 10,
  cooldownS: 300,
  cooldownOnScaleUpS: 300,
  queryS: 10,
}

export function createNomad(settings: Partial<NomadSettings> = {}): Scaler {
  const all: NomadSettings = { ...NOMAD_DEFAULTS, ...settings }
  const due = createBeat(all.evaluationS)
  const query = createWindow(all.queryS)
  let restUntil = -Infinity
  return {
    name: 'nomad',
    everyS: 1,
    desired: (view) => {
      const size = sizeOf(view)
      const serving = servingOf(view)
      const cpu = meanOf(serving, 'cpu')
      if (cpu !== null) query.add(view.t, cpu)
      const metric = query.mean(view.t)
      if (!due(view.t) || metric === null || view.t < restUntil || serving.length < size) return size
      const factor = metric / all.target
      if (Math.abs(factor - 1) <= all.precision) return size
      const to = Math.max(1, Math.ceil(size * factor))
      if (to !== size) restUntil = view.t + (to > size ? all.cooldownOnScaleUpS : all.cooldownS)
      return to
    },
  }
}
