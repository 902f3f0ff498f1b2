import type { Desk } from './chat/commands/dispatch.ts'
import type { Engine } from './engine/engine.ts'
import { formFor, home } from './engine/forms.ts'
import { timeZoneAt } from './engine/notices/time-zone.ts'
import { poolsSeen } from './engine/pools-seen.ts'
import type { Services } from './engine/services.ts'

/** What the grammar's handlers ask of the engine. */
export function createDesk(services: Services, engine: Engine): Desk {
  return {
    perform: engine.perform,
    now: services.now,
    timeZone: ({ place }) => timeZoneAt(services, place),
    form: (wish, asker) => formFor(services, wish, asker),
    home: (asker) => home(services, asker),
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
