import type { Desk } from './commands/dispatch/handlers.ts'
import { formFor, perform } from './commands/dispatch/perform.ts'
import type { Engine } from './engine/engine.ts'
import { status } from './engine/live.ts'
import { timeZoneAt } from './engine/notices/time-zone.ts'
import { poolsSeen } from './engine/pools-seen.ts'
import type { Services } from './engine/services.ts'

/** What the grammar's handlers ask of the engine. */
export function createDesk(services: Services, engine: Engine): Desk {
  return {
    perform: async (request, asker) => {
      const views = await perform(services, request, asker)
      await engine.asked(asker.place)
      return views
    },
    now: services.now,
    timeZone: ({ place }) => timeZoneAt(services, place),
    form: (form, asker) => formFor(services, form, asker),
    home: async ({ place }) => {
      const states = await poolsSeen(services, place.tenant)
      return Promise.all(states.filter(({ pool }) => pool.phase === 'ready').map((state) => status(services, state)))
    },
    failed: (error) => services.log.error({ err: error }, 'command failed'),
    facts: async ({ place }) => {
      const state = (await poolsSeen(services, place.tenant))[0] ?? null
      const listed = place.tenant === null ? services.listedProviders : []
      const droplets = await Promise.all(listed.map(({ provider }) => provider.list()))
      return {
        members: state?.members.map((member) => member.id) ?? [],
        stats: state === null ? [] : await services.series.statNames(state.pool.id),
        droplets: droplets.flat().map((droplet) => droplet.name),
      }
    },
  }
}
