import type { HistoryView, MemberLine, PolicyView, StatsView, StatusView } from '../../core/model/view.ts'
import { capital, dollars, duration, percent, plainNumber, statName, statValue } from '../../core/model/words.ts'
import { ago, MARK_OF_TONE, PHASE_WORDS, left } from '../../core/model/card-words.ts'
import { actionLines, paragraphs } from './plain-parts.ts'
import { indent, table } from '../../core/model/table.ts'

/** The pool now: the numbers in one line, then a row per member. */
export function plainStatus(view: StatusView, now: number): string {
  const inService = view.members.filter(({ phase }) => phase === 'inService').length
  const load =
    view.value === null
      ? `${statName(view.stat)} unknown`
      : `${statName(view.stat)} ${statValue(view.stat, view.value)} (target ${statValue(view.stat, view.target)})`
  const facts = [
    `${inService} of ${view.desired} in service`,
    `limits ${view.min}–${view.max}`,
    load,
    `${dollars(view.dollarsPerHour)}/h`,
  ]
  return paragraphs(
    `${view.pool} · ${view.mode}`,
    indent(facts.join(' · ')),
    indent(
      table([['MEMBER', 'ROLE', 'PHASE', 'LOAD', 'REQ/S', ''], ...view.members.map((m) => row(view, m, now))], [3, 4]),
    ),
    indent(
      view.overrides
        .map((o) => `${o.text} — ${o.owner.name}${o.reason === '' ? '' : `: ${o.reason}`} (${left(o.expiresAt, now)})`)
        .join('\n'),
    ),
    view.lastDecision === null ? null : indent(`${ago(view.lastDecision.at, now)}: ${view.lastDecision.reason}`),
    indent(actionLines(view.actions)),
  )
}

function row(view: StatusView, member: MemberLine, now: number): readonly string[] {
  const settled = member.phase === 'inService' || member.phase === 'failed'
  const marks = [
    member.protected ? 'protected' : '',
    member.silent ? 'silent' : '',
    member.odd === null ? '' : 'unlike the others',
  ]
    .filter(Boolean)
    .join(', ')
  return [
    member.id,
    member.role,
    settled ? PHASE_WORDS[member.phase] : `${PHASE_WORDS[member.phase]} ${duration(now - member.phaseAt)}`,
    member.load === null ? '–' : statValue(view.stat, member.load),
    member.rps === null ? '–' : plainNumber(member.rps),
    marks,
  ]
}

/** One stat over a range: the numbers, then each member's. */
export function plainStats(view: StatsView): string {
  const shown = (value: number | null): string =>
    value === null ? '–' : view.unit === 'fraction' ? percent(value) : plainNumber(value)
  const others = view.available.filter((stat) => stat !== view.stat)
  return paragraphs(
    `${capital(statName(view.stat))} of ${view.pool}, last ${duration(view.toAt - view.fromAt)}`,
    indent(
      table(
        [
          ['', 'NOW', 'MEAN', 'P95', 'MAX'],
          ['pool', shown(view.now), shown(view.mean), shown(view.p95), shown(view.max)],
          ...view.perMember.map(({ id, now, mean }) => [id, shown(now), shown(mean)]),
        ],
        [1, 2, 3, 4],
      ),
    ),
    view.chart === null ? null : indent(view.chart.alt),
    others.length === 0 ? null : indent(`also reported: ${others.join(', ')}`),
  )
}

/** Every setting with its value and meaning; what was just changed is marked. */
export function plainPolicy(view: PolicyView): string {
  const rows = view.fields.map(({ name, value, isDefault, meaning }) => [
    view.changed.some((line) => line.startsWith(`${name}:`)) ? '*' : ' ',
    name,
    value,
    isDefault ? 'default' : 'set',
    meaning,
  ])
  return paragraphs(
    `Policy of ${view.pool}`,
    indent(table(rows)),
    view.changed.length === 0 ? null : indent(`changed: ${view.changed.join(', ')}`),
    indent(actionLines(view.actions)),
  )
}

/** Who did what and how it ended, as given (newest first). */
export function plainHistory(view: HistoryView, now: number): string {
  if (view.entries.length === 0) return `History of ${view.pool}\n\n  Nothing has happened yet.`
  const rows = view.entries.map(({ at, actor, what, outcome, tone, where }) => [
    MARK_OF_TONE[tone],
    ago(at, now),
    where === undefined ? actor.name : `${actor.name}, in ${where}`,
    what,
    outcome,
  ])
  return paragraphs(`History of ${view.pool}`, indent(table(rows)))
}
