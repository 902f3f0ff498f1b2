import type { DigestView, DoctorView, SummaryView } from '../../core/model/view.ts'
import { dollars, duration, plural } from '../../core/model/words.ts'
import { actionLines, paragraphs } from './plain-parts.ts'
import { ago, MARK_OF_TONE } from '../../core/model/card-words.ts'
import { indent, table } from '../../core/model/table.ts'

/** What a quiet channel missed. */
export function plainDigest(view: DigestView, now: number): string {
  return paragraphs(
    `Meanwhile, in ${duration(view.toAt - view.fromAt)} of quiet`,
    indent(
      table(view.entries.map(({ at, tone, title, text }) => [MARK_OF_TONE[tone], ago(at, now), `${title}. ${text}`])),
    ),
    indent(actionLines(view.actions)),
  )
}

/** A pool's week. */
export function plainSummary(view: SummaryView): string {
  const saved = view.fixed.dollars - view.dollars
  return paragraphs(
    `The last ${duration(view.toAt - view.fromAt)} of ${view.pool}`,
    indent(
      table([
        ['Scale outs', String(view.scaleOuts)],
        ['Scale ins', String(view.scaleIns)],
        ['Failed', String(view.failed)],
        ['Most at once', view.peak === null ? 'not known' : plural(view.peak.members, 'member')],
        ['Overloaded', duration(view.overloadedMs)],
        ['Cost', dollars(view.dollars)],
        [`Always ${plural(view.fixed.droplets, 'droplet')}`, dollars(view.fixed.dollars)],
        [saved < 0 ? 'More than that' : 'Saved', dollars(Math.abs(saved))],
      ]),
    ),
    indent(view.notes.join('\n')),
    view.chart === null ? null : indent(view.chart.alt),
    indent(actionLines(view.actions)),
  )
}

const CHECK_MARKS = { ok: '✓', warn: '!', failed: '✗', waiting: '…', skipped: '–' } as const

/** The state of everything, with what to do about it. */
export function plainDoctor(view: DoctorView): string {
  const rows = view.checks.flatMap(({ name, state, detail, fix }) => [
    [CHECK_MARKS[state], name, detail],
    ...(fix === null ? [] : [['', '', `→ ${fix}`]]),
  ])
  return paragraphs('Doctor', indent(table(rows)), indent(actionLines(view.actions)))
}
