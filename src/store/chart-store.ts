import type { Redis } from 'ioredis'
import type { ChartSpec } from '../core/model/chart.ts'
import type { Pool } from '../core/model/pool.ts'
import type { ChartRef } from '../core/model/view.ts'
import type { VisualSpec } from '../core/visual/drawing.ts'
import { guardAll } from './guard.ts'
import { keys } from './keys.ts'

/** What a picture is drawn from. */
type Pictured = ChartSpec | VisualSpec

/** Charts and visualisations by id, kept as data so that each platform and theme draws its own picture; ids begin with the pool's and a dot. */
export interface ChartStore {
  save(pool: Pick<Pool, 'id' | 'tenant'>, reference: ChartRef, spec: Pictured): Promise<void>
  /** The reference of a chart saved before, as a card carries it. */
  reference(chartId: string): Promise<ChartRef | null>
  /** null: unknown, older than its 30 days, or a visualisation. */
  load(chartId: string): Promise<ChartSpec | null>
  /** The same, of a visualisation too. */
  loadAny(chartId: string): Promise<Pictured | null>
  /** The same, of charts of that tenant's pools alone; its null is the installation's own team. */
  loadFor(tenant: string | null, chartId: string): Promise<Pictured | null>
}

const KEPT_SECONDS = 30 * 24 * 3600

interface Stored {
  /** Its pool's, which may be gone by now; absent: kept by a version that asked the pool. */
  readonly tenant?: string | null
  readonly reference: ChartRef
  readonly spec: Pictured
}

export function createChartStore(redis: Redis): ChartStore {
  const read = async (chartId: string): Promise<Stored | null> => {
    const text = await redis.get(keys.charts(poolOf(chartId), chartId))
    // Written by `save` alone.
    return text === null ? null : (JSON.parse(text) as Stored)
  }
  /** undefined: there is no such pool. */
  const tenantOf = async (poolId: string): Promise<string | null | undefined> => {
    const text = await redis.hget(keys.state(poolId), 'pool')
    return text === null ? undefined : ((JSON.parse(text) as Pool).tenant ?? null)
  }
  return guardAll('save or read a chart', {
    save: async ({ id, tenant = null }, reference, spec) => {
      const stored: Stored = { tenant, reference, spec }
      await redis.set(keys.charts(id, reference.id), JSON.stringify(stored), 'EX', KEPT_SECONDS)
    },
    reference: async (chartId) => (await read(chartId))?.reference ?? null,
    load: async (chartId) => {
      const spec = (await read(chartId))?.spec
      return spec === undefined || 'kind' in spec ? null : spec
    },
    loadAny: async (chartId) => (await read(chartId))?.spec ?? null,
    loadFor: async (tenant, chartId) => {
      const stored = await read(chartId)
      if (stored === null) return null
      const theirs = stored.tenant === undefined ? await tenantOf(poolOf(chartId)) : stored.tenant
      return theirs === tenant ? stored.spec : null
    },
  })
}

function poolOf(chartId: string): string {
  return chartId.split('.')[0] ?? ''
}
