import type { CommandService } from './commands/dispatch/handlers.ts'
import { formFor, perform } from './commands/dispatch/perform.ts'
import { whichPools } from './commands/dispatch/which-pool.ts'
import type { Engine } from './engine/engine.ts'
import { poolsSeen, status, timeZoneAt } from './engine/reports/live.ts'
import type { Services } from './engine/services.ts'
import { visualsOf } from './engine/visuals/show.ts'

/** What the grammar's handlers ask of the engine. */
export function createCommandService(services: Services, engine: Pick<Engine, 'asked'>): CommandService {
  return {
    perform: async (request, asker, meant) => {
      const views = await perform(services, request, asker, meant)
      await engine.asked(asker.place)
      return views
    },
    now: services.now,
    timeZone: ({ place }) => timeZoneAt(services, place),
    form: (form, asker, meant) => formFor(services, form, asker, meant),
    home: async ({ place }) => {
      const states = await poolsSeen(services, place.tenant)
      const ready = states.filter(({ pool }) => pool.phase === 'ready')
      return Promise.all(ready.map((state) => status(services, state, states.length > 1)))
    },
    failed: (error) => services.log.error({ err: error }, 'command failed'),
    pools: async ({ place }) => (await poolsSeen(services, place.tenant)).map(({ pool }) => pool),
    visuals: async ({ place }) => (await services.ownVisuals.of(place.tenant)).map(({ name }) => name),
    facts: async ({ place }, named) => {
      const pools = await poolsSeen(services, place.tenant)
      const meant = await whichPools(services, pools, { named, place, isOf: () => false })
      const [stats, texts, visuals] = await Promise.all([
        Promise.all(meant.map(({ pool }) => services.series.statNames(pool.id))),
        Promise.all(meant.map(({ pool }) => services.texts.names(pool.id))),
        visualsOf(services, place.tenant),
      ])
      return {
        pools: pools.map(({ pool }) => pool.name),
        members: meant.flatMap(({ members }) => members.map((member) => member.id)),
        stats: [...new Set(stats.flat())],
        texts: [...new Set(texts.flat())],
        visuals: visuals.map(({ name, about, version }) => ({
          name,
          own: version !== null,
          options: Object.entries(about.options).map(([option, value]) => `${option}=${String(value)}`),
        })),
      }
    },
  }
}
