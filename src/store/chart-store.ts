import type { Redis } from 'ioredis'
import type { ChartSpec } from '../core/model/chart.ts'
import { keys } from './keys.ts'

/** Charts by id, kept as data so that each platform and theme draws its own picture; ids are `pool.random`. */
export interface ChartStore {
  save(poolId: string, chartId: string, spec: ChartSpec): Promise<void>
  /** null: unknown, or older than its 30 days. */
  load(chartId: string): Promise<ChartSpec | null>
}

const KEPT_SECONDS = 30 * 24 * 3600

export function createChartStore(redis: Redis): ChartStore {
  return {
    save: async (poolId, chartId, spec) => {
      await redis.set(keys.charts(poolId, chartId), JSON.stringify(spec), 'EX', KEPT_SECONDS)
    },
    load: async (chartId) => {
      const poolId = chartId.split('.')[0] ?? ''
      const text = await redis.get(keys.charts(poolId, chartId))
      return text === null ? null : (JSON.parse(text) as ChartSpec)
    },
  }
}
