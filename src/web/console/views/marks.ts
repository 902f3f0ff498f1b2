import type { Mark } from '../../../core/cards/card.ts'
import type { Tone } from '../../../core/model/view.ts'
import type { IconName } from '../icons.ts'

/** Every mark as a drawing; null: a dot. */
export const ICONS: Readonly<Record<Mark, IconName | null>> = {
  info: 'info',
  good: 'check',
  warn: 'warn',
  bad: 'cross',
  calm: 'pulse',
  moving: 'pulse',
  strained: 'pulse',
  down: 'pulse',
  question: 'question',
  denied: 'cross',
  unanswered: 'clock',
  replaced: 'clock',
  stopped: 'hold',
  out: 'out',
  in: 'in',
  hold: 'hold',
  working: 'replay',
  book: 'question',
  chart: 'chart',
  settings: 'gear',
  replay: 'replay',
  history: 'history',
  plug: 'plug',
  money: 'chart',
  spent: 'cross',
  quiet: 'mute',
  week: 'history',
  checks: 'pulse',
  waiting: 'clock',
  skipped: 'mute',
  changed: 'check',
  point: null,
  again: 'replay',
  pin: 'pin',
  pause: 'pause',
  protect: 'shield',
}

/** The colour of a mark on a line of its own. */
export function toneOf(mark: Mark): Tone | 'accent' | 'quiet' {
  if (mark === 'good' || mark === 'warn' || mark === 'bad') return mark
  if (mark === 'changed') return 'good'
  return mark === 'skipped' || mark === 'point' ? 'quiet' : 'accent'
}
