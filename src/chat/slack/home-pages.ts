import type { Logger } from 'pino'
import type { ChatHandlers } from '../chat.ts'
import { chatFailure } from './failure.ts'
import type { Doer, People } from './people.ts'
import { renderHome } from './render/home.ts'
import type { Teams } from './teams.ts'

/** Each person's page of the app: the pools they may see, as they are when it is opened. */
export interface HomePages {
  /** Never throws: a page that could not be shown is shown when it is opened next. */
  show(doer: Doer): Promise<void>
}

export function createHomePages(parts: {
  readonly handlers: () => ChatHandlers
  readonly teams: Teams
  readonly people: People
  readonly now: () => number
  readonly log: Logger
}): HomePages {
  const { handlers, teams, people, now, log } = parts
  return {
    show: async (doer) => {
      try {
        const views = await handlers().home(await people.asker(doer))
        const client = await teams.client(doer.team)
        await client.views.publish({ user_id: doer.user, view: renderHome(views, { now: now(), images: new Map() }) })
      } catch (error) {
        const reason = chatFailure(error, 'show a home page').message
        log.warn({ team: doer.team, reason }, 'a home page in Slack could not be shown')
      }
    },
  }
}
