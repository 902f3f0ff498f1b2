import type { RefreshView } from '../../../../core/model/view.ts'
import { duration } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { aside, dated, headline, rows, story, poolName } from '../parts.ts'
import { instantToken } from '../rich.ts'
import { stepRow } from './step.ts'

/** A new snapshot and the clones made anew from it. */
export function drawRefresh(view: RefreshView, { now }: SlackContext): Drawn {
  const took = duration((view.endedAt ?? now) - view.startedAt)
  const done = view.steps.filter(({ state }) => state === 'done').length
  const { mark, text } = {
    working: {
      mark: '🔄',
      text: view.stopping ? 'refresh is stopping' : `refreshing, ${done} of ${view.steps.length} steps done`,
    },
    done: { mark: '✅', text: `refreshed in ${took}` },
    failed: { mark: '❌', text: `refresh failed after ${took}` },
    stopped: { mark: '⏹️', text: `refresh was stopped after ${took}` },
  }[view.stage]
  return {
    parts: [
      headline(mark, `${poolName(view.pool)}: ${text}`),
      ...story(view.note, 'facts'),
      ...rows(view.steps.map(stepRow), { rank: 'story', noun: 'step' }),
      ...aside([
        `by ${view.actor.name}`,
        dated('since ', instantToken(view.startedAt, now)),
        view.live ? 'the origin keeps running' : '',
      ]),
      ...buttons(view.actions),
    ],
  }
}
