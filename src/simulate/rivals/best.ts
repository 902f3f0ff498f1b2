import { RIVALS, type Rival, type RivalSetting } from './rivals.ts'

/**
 * The one setting with which each rival does best over all standard demands together (least geometric mean of its score
 * over the clairvoyant's), found by `npm run simulate -- --calibrate`.
 */
export const BEST_SETTINGS: Readonly<Record<Rival['key'], string>> = {
  kpa: 'concurrency, 70 %, 60 s window',
  hpa: '60 %, 120 s stabilisation',
  aws: '60 %, 10 s metric',
  'do-pools': '30 %, 5 min cooldown',
  nomad: '50 %, 60 s cooldown upwards',
}

export function bestSetting(key: Rival['key']): { readonly rival: Rival; readonly setting: RivalSetting } {
  const rival = RIVALS.find((one) => one.key === key)!
  return { rival, setting: rival.settings.find(({ label }) => label === BEST_SETTINGS[key])! }
}
