import { BadWords } from '../commands/grammar/bad-words.ts'
import { readStretch } from '../commands/grammar/stretch.ts'
import { SpinupError } from '../core/model/error.ts'
import { KEPT_MS } from '../core/model/stats-page.ts'
import { zoneOf } from '../core/model/time-zone.ts'
import { readBeside } from '../engine/reports/beside.ts'
import { newestSamples, poolCalled, readSeries, statsPool, statsPools } from '../engine/reports/series.ts'
import { postStats } from '../engine/reports/stats.ts'
import type { Services } from '../engine/services.ts'
import type { StatsReports } from '../web/api/service.ts'

/** What the stats page and its API show. */
export function createStatsReports(services: Services): StatsReports {
  return {
    now: services.now,
    pools: (tenant) => statsPools(services, tenant),
    pool: (state) => statsPool(services, state),
    series: (state, wish) => readSeries(services, state, wish),
    beside: async (tenant, name, span) => readBeside(services, await poolCalled(services, tenant, name), span),
    samples: (tenant) => newestSamples(services, tenant),
    range: async (tenant, name, text) => {
      const { pool } = await poolCalled(services, tenant, name)
      try {
        return readStretch(text, { now: services.now(), zone: zoneOf(pool.policy.timeZone), mostMs: KEPT_MS })
      } catch (error) {
        if (!(error instanceof BadWords)) throw error
        const like = error.suggestion === null ? '' : ` Try “${error.suggestion}”.`
        throw new SpinupError('badInput', `${error.message}${like}`, { cause: error })
      }
    },
    post: async (tenant, { pool, ...wish }, actor) =>
      postStats(services, await poolCalled(services, tenant, pool), wish, actor),
  }
}
