import type { DigestView } from '../../../../core/model/view.ts'
import { duration, plural } from '../../../../core/model/words.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { TONE_MARKS } from '../marks.ts'
import { headline, rows, story } from '../parts.ts'
import { bold, glue, instant, say } from '../rich.ts'

/** What a quiet channel missed, oldest first. */
export function drawDigest(view: DigestView, { now }: SlackContext): Drawn {
  const bad = view.entries.filter(({ tone }) => tone === 'bad' || tone === 'warn').length
  const told = `${plural(view.entries.length, 'thing')} in ${duration(view.toAt - view.fromAt)} of quiet`
  return {
    parts: [
      headline(bad > 0 ? '⚠️' : '🌅', `Meanwhile: ${told}${bad > 0 ? `, ${bad} of them trouble` : ''}`),
      ...(view.entries.length === 0 ? story('Nothing happened.') : []),
      ...rows(
        view.entries.map(({ at, tone, title, text }) => [
          glue(`${TONE_MARKS[tone]} `),
          instant(at, now),
          glue('  '),
          bold(title, 200),
          glue('  '),
          say(text, 300),
        ]),
        { rank: 'story', noun: 'thing' },
      ),
      ...buttons(view.actions),
    ],
  }
}
