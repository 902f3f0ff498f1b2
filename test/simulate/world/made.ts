import type { Demand } from '../../../src/simulate/demand.ts'
import type { PoolView, Scaler } from '../../../src/simulate/scaler.ts'
import { play, type Second } from '../../../src/simulate/world/play.ts'
import { DEFAULT_WORLD, type WorldSettings } from '../../../src/simulate/world/settings.ts'

export const KINDS = ['requests', 'fluid'] as const
export const T = 1_700_000_000

export function demand(rate: (t: number) => number, seconds = 900): Demand {
  return { name: 'made', seconds, startsAt: T, rate }
}

/** Members all alike, and nothing left to chance where that can be. */
export function calm(kind: WorldSettings['kind'], changes: Partial<WorldSettings> = {}): WorldSettings {
  return { ...DEFAULT_WORLD, kind, chance: false, speed: () => 1, ...changes }
}

/** Has so many members at each second, whatever happens, and looks on. */
export function fixed(size: (t: number) => number, see: (view: PoolView) => void = () => {}): Scaler {
  return {
    name: 'fixed',
    everyS: 1,
    desired: (view) => {
      see(view)
      return size(view.t - T)
    },
  }
}

/** Every second of a run with so many members, and what was seen at each. */
export function watch(
  rate: (t: number) => number,
  size: (t: number) => number,
  world: WorldSettings,
  seconds = 900,
): { readonly seconds: readonly Second[]; readonly views: readonly PoolView[] } {
  const views: PoolView[] = []
  const scaler = fixed(size, (view) => views.push(view))
  return { seconds: [...play(demand(rate, seconds), scaler, { ...world, start: size(0) })], views }
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
