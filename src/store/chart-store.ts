import type { Redis } from 'ioredis'
import type { ChartSpec } from '../core/model/chart.ts'
import type { ChartRef } from '../core/model/view.ts'
import { keys } from './keys.ts'

/** Charts by id, kept as data so that each platform and theme draws its own picture; ids are `pool.random`. */
export interface ChartStore {
  save(poolId: string, reference: ChartRef, spec: ChartSpec): Promise<void>
  /** The reference of a chart saved before, as a card carries it. */
  reference(chartId: string): Promise<ChartRef | null>
  /** null: unknown, or older than its 30 days. */
  load(chartId: string): Promise<ChartSpec | null>
}

const KEPT_SECONDS = 30 * 24 * 3600

interface Stored {
  readonly reference: ChartRef
  readonly spec: ChartSpec
}

export function createChartStore(redis: Redis): ChartStore {
  const read = async (chartId: string): Promise<Stored | null> => {
    const text = await redis.get(keys.charts(chartId.split('.')[0] ?? '', chartId))
    // Written by `save` alone.
    return text === null ? null : (JSON.parse(text) as Stored)
  }
  return {
    save: async (poolId, reference, spec) => {
      const stored: Stored = { reference, spec }
      await redis.set(keys.charts(poolId, reference.id), JSON.stringify(stored), 'EX', KEPT_SECONDS)
    },
    reference: async (chartId) => (await read(chartId))?.reference ?? null,
    load: async (chartId) => (await read(chartId))?.spec ?? null,
  }
}
