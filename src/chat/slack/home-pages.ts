import type { Logger } from 'pino'
import type { ChatHandlers } from '../chat.ts'
import { chatFailure } from './failure.ts'
import type { Doer, People } from './people.ts'
import type { Teams } from './teams.ts'
import type { View } from '../../core/model/view.ts'
import { LIMITS } from './limits.ts'
import { instantToken, type HomeView } from './render/rich.ts'
import { buttons } from './render/buttons.ts'
import { aside, dated, headline, story, whole, type Part, type SlackContext } from './render/parts.ts'
import { drawView } from './render/render.ts'
import { fit } from './render/trim.ts'

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
        const client = await teams.client(doer.origin.team)
        await client.views.publish({ user_id: doer.user, view: renderHome(views, { now: now(), images: new Map() }) })
      } catch (error) {
        const reason = chatFailure(error, 'show a home page').message
        log.warn({ team: doer.origin.team, reason }, 'a home page in Slack could not be shown')
      }
    },
  }
}

/** A page may be much larger than a message: 250 kB, of which this is the part that is read. */
const ROOM = { blocks: LIMITS.blocksPerView, weight: 60_000 }

/** The App Home: each pool as it is now with its buttons, or how to begin. */
export function renderHome(views: readonly View[], context: SlackContext): HomeView {
  const parts = views.length === 0 ? welcome() : page(views, context)
  return { type: 'home', blocks: fit(parts, ROOM) }
}

/** More pools than that nobody looks through. */
const MOST_VIEWS = 25

function page(views: readonly View[], context: SlackContext): readonly Part[] {
  return [
    ...views
      .slice(0, MOST_VIEWS)
      .flatMap((view, index) => [
        ...(index === 0 ? [] : [whole('aside', { type: 'divider' })]),
        ...drawView(view, context).parts,
      ]),
    ...(views.length > MOST_VIEWS ? story(`… ${views.length - MOST_VIEWS} more: /spinup status`, 'aside') : []),
    ...aside([dated('as of ', instantToken(context.now, context.now)), 'In any channel: /spinup help']),
  ]
}

function welcome(): readonly Part[] {
  return [
    headline('👋', 'Spinup looks after your droplets'),
    ...story(
      'When your site gets busy, Spinup clones your droplet behind the load balancer; when all is quiet, it takes the clones down. It shows you here what it does, why, and what it costs.',
    ),
    ...story('No droplet is connected yet. It takes about five minutes, and nothing is changed before you say so.'),
    ...buttons([
      { action: 'run:/spinup connect', label: 'Connect a droplet', style: 'primary' },
      { action: 'run:/spinup help', label: 'What can it do?', style: 'plain' },
    ]),
    ...aside(['Or type /spinup connect in the channel that should get the cards.']),
  ]
}
