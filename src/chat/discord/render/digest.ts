import type { DigestView, Tone } from '../../../core/model/view.ts'
import { duration, plural } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { buttons, headline, sheet, text, TONE_MARKS } from './parts.ts'
import type { Sheet } from './parts.ts'
import { clock } from './when.ts'

/** What a quiet channel missed, oldest first; how much of it was trouble comes first. */
export function digest(view: DigestView): Sheet {
  const count = (tone: Tone): number => view.entries.filter((entry) => entry.tone === tone).length
  const [bad, warn] = [count('bad'), count('warn')]
  const tone: Tone = bad > 0 ? 'bad' : warn > 0 ? 'warn' : 'info'
  const trouble = [bad > 0 ? `${bad} bad` : '', warn > 0 ? plural(warn, 'warning') : ''].filter((part) => part !== '')
  const what =
    view.entries.length === 0 ? 'nothing happened' : [plural(view.entries.length, 'notice'), ...trouble].join(', ')
  return sheet(
    tone,
    headline('🌙', `Meanwhile, in ${duration(view.toAt - view.fromAt)} of quiet: ${what}`),
    text(
      1,
      ...view.entries.map(
        ({ at, tone, title, text }) =>
          `${TONE_MARKS[tone]} ${clock(at)} **${escape(title, 120)}** ${escape(text, 240)}`,
      ),
    ),
    buttons(view.actions),
  )
}
