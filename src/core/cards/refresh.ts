import type { RefreshView } from '../model/view.ts'
import { duration } from '../model/words.ts'
import { actions, card, notes, text, there, type Card, type Head } from './card.ts'
import { poolName, present } from './words.ts'

/** A new snapshot and the clones made again from it. */
export function refreshCard(view: RefreshView): Card {
  return card(head(view), [text(view.note, 'facts'), actions(view.actions)], {
    details: {
      title: `${poolName(view.pool)}: refresh`,
      blocks: there([
        { kind: 'steps', steps: view.steps },
        notes(
          `by ${view.actor.name}`,
          ['started ', { at: view.startedAt, as: 'ago' }],
          view.live ? 'the origin keeps running' : '',
        ),
      ]),
    },
    timer: view.stage === 'working' ? { at: view.startedAt, counts: 'up' } : null,
    gist: view.note ?? '',
    urgency: view.stage === 'failed' ? 'trouble' : 'change',
    final: view.stage !== 'working',
  })
}

function head(view: RefreshView): Head {
  const took = view.endedAt === null ? null : duration(view.endedAt - view.startedAt)
  const after = took === null ? '' : ` after ${took}`
  const pool = poolName(view.pool)
  switch (view.stage) {
    case 'working': {
      const stopping = view.stopping ? ', stopping' : ''
      return { tone: 'info', mark: 'working', headline: `${pool}: refreshing, ${present(view.steps)}${stopping}` }
    }
    case 'done':
      return { tone: 'good', mark: 'good', headline: `${pool}: refreshed${took === null ? '' : ` in ${took}`}` }
    case 'failed':
      return { tone: 'bad', mark: 'bad', headline: `${pool}: refresh failed${after}` }
    case 'stopped':
      return { tone: 'warn', mark: 'stopped', headline: `${pool}: refresh stopped${after}` }
    default:
      return view.stage satisfies never
  }
}
