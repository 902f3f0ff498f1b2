import type { AlertView } from '../../../../core/model/view.ts'
import { duration } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { TONE_MARKS } from '../marks.ts'
import { aside, dated, facts, headline, words, story } from '../parts.ts'
import { bold, glue, instantToken, prose } from '../rich.ts'

/** Something to know: what, the evidence, what to do; once it is over, how long it was. */
export function drawAlert(view: AlertView, { now }: SlackContext): Drawn {
  const resolved = view.state === 'resolved'
  const lasted = view.resolvedAt === null ? '' : `lasted ${duration(view.resolvedAt - view.since)}`
  const over = resolved && !/^resolved/i.test(view.title) ? 'Resolved: ' : ''
  return {
    parts: [
      headline(resolved ? TONE_MARKS.good : TONE_MARKS[view.tone], `${over}${view.title}`),
      ...story(view.text),
      ...facts(view.facts, 'detail'),
      ...(view.fix === null ? [] : words('facts', [bold('What to do'), glue('  '), ...prose(view.fix, 1000)])),
      ...aside([dated(resolved ? 'began ' : 'since ', instantToken(view.since, now)), resolved ? lasted : '']),
      ...buttons(view.actions),
    ],
  }
}
