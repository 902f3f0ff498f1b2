import type { DigestView, Tone } from '../../../core/model/view.ts'
import { duration, plural } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { buttons, headline, sheet, text, TONE_MARKS } from './parts.ts'
import type { Sheet } from './parts.ts'
import { clock } from './when.ts'

/** What a quiet channel missed: trouble first, where a long list may be cut, then the rest; each oldest first. */
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
    text(1, ...view.entries.filter(isTrouble).map(line)),
    text(2, ...view.entries.filter((entry) => !isTrouble(entry)).map(line)),
    buttons(view.actions),
  )
}

type Entry = DigestView['entries'][number]

function isTrouble({ tone }: Entry): boolean {
  return tone === 'bad' || tone === 'warn'
}

function line({ at, tone, title, text }: Entry): string {
  return `${TONE_MARKS[tone]} ${clock(at)} **${escape(title, 120)}** ${escape(text, 240)}`
}
