import type { MemberLine, StatusView } from '../../../../core/model/view.ts'
import { PHASE_WORDS } from '../../../../core/model/card-words.ts'
import { dollars, duration, plainNumber, statName, statValue } from '../../../../core/model/words.ts'
import { line } from '../escape.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { columns, figures, headline, rows, words, poolName } from '../parts.ts'
import { bold, glue, instant, say, type Span } from '../rich.ts'

const OVERRIDE_MARKS = { pin: '📌', pause: '⏸️', protect: '🛡️' } as const

/** The pool now: the numbers, a row per member, what holds it, and the last decision. */
export function drawStatus(view: StatusView, { now }: SlackContext): Drawn {
  const inService = view.members.filter(({ phase }) => phase === 'inService').length
  const load = view.value === null ? 'unknown' : statValue(view.stat, view.value)
  const name = line(statName(view.stat), 40)
  return {
    parts: [
      headline(
        mark(view, inService),
        `${poolName(view.pool)}: ${inService} of ${view.desired} in service, ${name} ${load}`,
      ),
      figures([
        { name: 'Load', value: `${name} ${load}, target ${statValue(view.stat, view.target)}` },
        { name: 'Members', value: `${inService} of ${view.desired}, limits ${view.min}–${view.max}` },
        { name: 'Cost', value: `${dollars(view.dollarsPerHour)}/h` },
        { name: 'Mode', value: view.mode },
      ]),
      ...columns(
        ['', name.toUpperCase(), 'REQ/S', ''],
        view.members.map((member) => cells(view, member, now)),
        { rank: 'story', noun: 'member', right: [1, 2] },
      ),
      ...rows(
        view.overrides.map(({ what, text, owner, reason, expiresAt }): readonly Span[] => [
          glue(`${OVERRIDE_MARKS[what]} `),
          bold(text, 200),
          glue(' by '),
          say(owner.name, 80),
          ...(reason === '' ? [] : [glue(': '), say(reason, 200)]),
          ...(expiresAt === null ? [glue(' (until lifted)')] : [glue(' (until '), instant(expiresAt, now), glue(')')]),
        ]),
        { rank: 'facts', noun: 'override' },
      ),
      ...(view.lastDecision === null
        ? []
        : words('detail', [instant(view.lastDecision.at, now), glue('  '), say(view.lastDecision.reason)])),
      ...buttons(view.actions),
    ],
  }
}

function mark(view: StatusView, inService: number): string {
  if (inService === 0 || view.members.some(({ phase }) => phase === 'failed')) return '🔴'
  const strained = view.value === null || view.value > view.target || view.members.some(({ silent }) => silent)
  return strained ? '🟡' : '🟢'
}

function cells(view: StatusView, member: MemberLine, now: number): readonly string[] {
  const { phase } = member
  const phased = phase === 'failed' ? 'failed' : `${PHASE_WORDS[phase]} ${duration(Math.max(0, now - member.phaseAt))}`
  const remarks = [
    phase === 'inService' ? '' : phased,
    member.role === 'origin' ? 'origin' : '',
    member.protected ? 'protected' : '',
    member.silent ? 'silent' : '',
    member.odd === null ? '' : 'unlike the others',
  ]
  return [
    member.id,
    member.load === null ? '–' : statValue(view.stat, member.load),
    member.rps === null ? '–' : plainNumber(member.rps),
    remarks.filter(Boolean).join(', '),
  ]
}
