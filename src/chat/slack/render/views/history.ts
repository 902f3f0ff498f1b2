import type { HistoryView } from '../../../../core/model/view.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { TONE_MARKS } from '../marks.ts'
import { headline, rows, story, poolName } from '../parts.ts'
import { bold, glue, instant, say } from '../rich.ts'

/** Who did what and how it ended, as given (newest first). */
export function drawHistory(view: HistoryView, { now }: SlackContext): Drawn {
  return {
    parts: [
      headline('📜', `History of ${poolName(view.pool)}`),
      ...(view.entries.length === 0 ? story('Nothing has happened yet.') : []),
      ...rows(
        view.entries.map(({ at, actor, what, outcome, tone, where }) => [
          glue(`${TONE_MARKS[tone]} `),
          instant(at, now, 'second'),
          glue('  '),
          bold(what, 200),
          glue(' by '),
          say(where === undefined ? actor.name : `${actor.name}, in ${where}`, 120),
          ...(outcome === '' ? [] : [glue(': '), say(outcome, 200)]),
        ]),
        { rank: 'story', noun: 'line' },
      ),
    ],
  }
}
