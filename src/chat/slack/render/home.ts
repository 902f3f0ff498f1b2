import type { View } from '../../../core/model/view.ts'
import { LIMITS } from '../limits.ts'
import type { HomeView } from './block-kit.ts'
import { buttons } from './buttons.ts'
import type { SlackContext } from './context.ts'
import { aside, dated, headline, story, whole, type Part } from './parts.ts'
import { instantToken } from './rich.ts'
import { drawView } from './render.ts'
import { fit } from './trim.ts'

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
