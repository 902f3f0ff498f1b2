import type { WorldSettings } from '../world/settings.ts'
import { RIVALS, type Rival, type RivalSetting } from './rivals.ts'

type Settings = Readonly<Record<Rival['key'], string>>

/**
 * The one setting with which each rival does best over everything of a kind together (least geometric mean of its score
 * over the clairvoyant's): the standard days, and the situations. Found by `npm run simulate -- --calibrate` with
 * `--trace all` and `--situation all`.
 */
export const BEST_SETTINGS: Readonly<Record<WorldSettings['kind'], Settings>> = {
  fluid: {
    kpa: 'rps, 80 %, 60 s window',
    hpa: '60 %, 120 s stabilisation',
    aws: '60 %, 10 s metric',
    'do-pools': '30 %, 5 min cooldown',
    nomad: '50 %, 60 s cooldown upwards',
  },
  requests: {
    kpa: 'rps, 50 %, 60 s window',
    hpa: '60 %, 300 s stabilisation',
    aws: '60 %, 10 s metric',
    'do-pools': '50 %, 5 min cooldown',
    nomad: '50 %, 60 s cooldown upwards',
  },
}

export function bestSetting(
  key: Rival['key'],
  kind: WorldSettings['kind'],
): { readonly rival: Rival; readonly setting: RivalSetting } {
  const rival = RIVALS.find((one) => one.key === key)!
  return { rival, setting: rival.settings.find(({ label }) => label === BEST_SETTINGS[kind][key])! }
}
