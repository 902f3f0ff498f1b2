import type { WhatIfView } from '../../../../core/model/view.ts'
import { whatIfRows } from '../../../../core/model/what-if-words.ts'
import { duration } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { aside, columns, headline, picture, rows, story, poolName } from '../parts.ts'
import { bold, glue, say } from '../rich.ts'

/** A replay: the change, what it would have meant, the figures side by side, and what limits them. */
export function drawWhatIf(view: WhatIfView, { images }: SlackContext): Drawn {
  const changes = view.changes.map(({ name, from, to }) => `${name} ${from} → ${to}`).join(', ')
  return {
    parts: [
      headline('🔮', `${poolName(view.pool)}: what if ${changes}?`),
      ...story(view.summary, 'facts'),
      ...(view.changes.length < 3
        ? []
        : rows(
            view.changes.map(({ name, from, to }) => [
              bold(name),
              glue('  '),
              say(from, 100),
              glue(' → '),
              say(to, 100),
            ]),
            { noun: 'change' },
          )),
      ...columns(
        ['', 'WAS', 'AS IS', 'CHANGED'],
        whatIfRows(view).map(({ name, recorded, present, changed }) => [name, recorded, present, changed]),
        { rank: 'story', noun: 'figure', right: [1, 2, 3] },
      ),
      ...picture(view.chart, images),
      ...aside([`${duration(view.toAt - view.fromAt)} replayed`, ...view.notes]),
      ...buttons(view.actions),
    ],
  }
}
