import { PHASE_WORDS } from '../../../core/model/card-words.ts'
import type { MemberLine, OverrideLine, StatusView, Tone } from '../../../core/model/view.ts'
import { dollars, duration, plainNumber, statName, statValue } from '../../../core/model/words.ts'
import { escape } from './escape.ts'
import { buttons, headline, rows, sheet, small, text } from './parts.ts'
import type { DiscordContext, Sheet, Text } from './parts.ts'
import { since } from './when.ts'

const MARKS: Readonly<Record<Tone, string>> = { good: '🟢', info: '🔵', warn: '🟠', bad: '🔴' }

/** The pool now: what is in service and under what load in the first line, then a row per member. */
export function status(view: StatusView, { now }: DiscordContext): Sheet {
  const tone = toneOf(view)
  const inService = view.members.filter(({ phase }) => phase === 'inService').length
  const stat = escape(statName(view.stat), 40)
  const load = view.value === null ? `${stat} unknown` : `${stat} ${statValue(view.stat, view.value)}`
  const decision = view.lastDecision
  return sheet(
    tone,
    headline(MARKS[tone], `${escape(view.pool, 60)}: ${inService} of ${view.desired} in service, ${load}`),
    text(
      1,
      [
        `target ${statValue(view.stat, view.target)}`,
        `limits ${view.min}–${view.max}`,
        view.mode,
        `${dollars(view.dollarsPerHour)}/h`,
      ].join(' · '),
    ),
    overrides(view),
    members(view, now),
    decision === null ? null : text(3, small(`${since(decision.at)}: ${escape(decision.reason, 500)}`)),
    buttons(view.actions),
  )
}

/** So much over its target a load is trouble, whatever the policy tolerates. */
const OVERLOAD = 1.2

function toneOf({ members, value, target, desired, overrides }: StatusView): Tone {
  if (members.some(({ phase }) => phase === 'failed')) return 'bad'
  if (value === null || value > OVERLOAD * target || members.some(({ silent }) => silent)) return 'warn'
  if (overrides.some(({ what }) => what === 'pause')) return 'warn'
  return members.filter(({ phase }) => phase === 'inService').length === desired ? 'good' : 'info'
}

const MOST_OVERRIDES = 8

function overrides({ overrides }: StatusView): Text {
  const more = overrides.length - MOST_OVERRIDES
  return text(1, ...overrides.slice(0, MOST_OVERRIDES).map(override), more > 0 ? small(`… ${more} more`) : null)
}

const OVERRIDE_MARKS = { pin: '📌', pause: '⏸️', protect: '🛡️' } as const

function override({ what, text, owner, reason, expiresAt }: OverrideLine): string {
  const why = reason === '' ? '' : `: ${escape(reason, 200)}`
  const until = expiresAt === null ? 'until lifted' : `lapses ${since(expiresAt)}`
  return `${OVERRIDE_MARKS[what]} ${escape(text, 120)} — ${escape(owner.name, 80)}${why} (${until})`
}

/** In trouble first, where the list may be cut. */
function members(view: StatusView, now: number): Text {
  const urgency = ({ phase, silent }: MemberLine): number =>
    phase === 'failed' ? 0 : silent ? 1 : phase === 'inService' ? 3 : 2
  if (view.members.length === 0) return text(2, 'No members yet.')
  const long = view.members.length > 20
  const sorted = long ? view.members.toSorted((one, other) => urgency(one) - urgency(other)) : view.members
  const lines = sorted.map((member) => row(view, member, now))
  return rows(2, [['MEMBER', 'PHASE', 'LOAD', 'REQ/S', ''], ...lines], [2, 3])
}

function row({ stat }: StatusView, member: MemberLine, now: number): readonly string[] {
  const settled = member.phase === 'inService' || member.phase === 'failed'
  const marks = [
    member.role === 'origin' && 'origin',
    member.protected && 'protected',
    member.silent && 'silent',
    member.odd !== null && 'unlike the others',
  ]
  return [
    member.id,
    settled ? PHASE_WORDS[member.phase] : `${PHASE_WORDS[member.phase]} ${duration(now - member.phaseAt)}`,
    member.load === null ? '–' : statValue(stat, member.load),
    member.rps === null ? '–' : plainNumber(member.rps),
    marks.filter((mark) => mark !== false).join(', '),
  ]
}
