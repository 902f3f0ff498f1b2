import type { Scaler } from '../scaler.ts'
import { createAws } from './aws.ts'
import { createDoPools } from './do-pools.ts'
import { createHpa } from './hpa.ts'
import { createKpa } from './kpa.ts'
import { createNomad } from './nomad.ts'

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
