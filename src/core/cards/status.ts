import { DEFAULT_POLICY } from '../model/policy.ts'
import { PHASE_WORDS } from '../model/card-words.ts'
import type { MemberLine, OverrideLine, StatusView, Tone } from '../model/view.ts'
import { dollars, plainNumber, statName, statTitle, statValue } from '../model/words.ts'
import {
  actions,
  card,
  facts,
  rows,
  text,
  type Block,
  type Card,
  type Cell,
  type Head,
  type Mark,
  type Row,
} from './card.ts'
import { oneLine, poolName } from './words.ts'

const MARKS: Readonly<Record<Tone, Mark>> = { good: 'calm', info: 'moving', warn: 'strained', bad: 'down' }

/** The pool now: the numbers, a row per member, what overrides it, the last decision. */
export function statusCard(view: StatusView): Card {
  const { stat, value, lastDecision } = view
  const name = oneLine(statTitle(stat), 40)
  return card(head(view), [
    facts([
      [name, `${value === null ? 'unknown' : statValue(stat, value)}, target ${statValue(stat, view.target)}`],
      ['Members', `${inService(view)} of ${view.desired}, limits ${view.min}–${view.max}`],
      ['Cost', `${dollars(view.dollarsPerHour)}/h`],
      ['Mode', oneLine(view.mode, 20)],
    ]),
    view.members.length === 0 ? text('No members yet.') : members(view),
    rows(view.overrides.map(overrideRow), 'override', 'facts'),
    rows(
      lastDecision === null
        ? []
        : [{ mark: null, words: [{ at: lastDecision.at, as: 'ago' }, `  ${lastDecision.reason}`] }],
      'decision',
      'detail',
    ),
    actions(view.actions),
  ])
}

function overrideRow({ what, text, owner, reason, expiresAt }: OverrideLine): Row {
  return {
    mark: what,
    words: [
      { strong: text },
      ` by ${oneLine(owner.name, 80)}${reason === '' ? '' : `: ${oneLine(reason, 200)}`}, `,
      expiresAt === null ? 'until lifted' : { at: expiresAt, as: 'until' },
    ],
  }
}

/** So many rows are read as they stand; of more, those in trouble come first, where the list may be cut. */
const READ_WHOLE = 20

function members(view: StatusView): Block {
  const urgency = ({ phase, silent }: MemberLine): number =>
    phase === 'failed' ? 0 : silent ? 1 : phase === 'inService' ? 3 : 2
  const list =
    view.members.length > READ_WHOLE
      ? view.members.toSorted((one, other) => urgency(one) - urgency(other))
      : view.members
  return {
    kind: 'table',
    head: ['MEMBER', 'PHASE', oneLine(statName(view.stat), 20).toUpperCase(), 'REQ/S', ''],
    rows: list.map((member) => cells(view, member)),
    right: [2, 3],
    noun: 'member',
    rank: 'story',
  }
}

function cells({ stat }: StatusView, { id, role, phase, phaseAt, load, rps, ...member }: MemberLine): readonly Cell[] {
  const remarks = [
    role === 'origin' && 'origin',
    member.protected && 'protected',
    member.silent && 'not reporting',
    (member.odd ?? null) !== null && 'unlike the others',
  ]
  const settled = phase === 'inService' || phase === 'failed'
  return [
    id,
    settled ? PHASE_WORDS[phase] : { text: PHASE_WORDS[phase], since: phaseAt },
    load === null ? '–' : statValue(stat, load),
    rps === null ? '–' : plainNumber(rps),
    remarks.filter((remark) => remark !== false).join(', '),
  ]
}

/** What is in service, under what load, and what keeps the pool from being as it should. */
function head(view: StatusView): Head {
  const { members, overrides, stat, value } = view
  const load = `${oneLine(statName(stat), 30)} ${value === null ? 'unknown' : statValue(stat, value)}`
  const failed = members.filter(({ phase }) => phase === 'failed').length
  const silent = members.filter((member) => member.silent).length
  const odd = members.filter((member) => (member.odd ?? null) !== null).length
  const notes = [
    view.phase ?? '',
    failed > 0 ? `${failed} failed` : '',
    silent > 0 ? `${silent} not reporting` : '',
    odd > 0 ? `${odd} unlike the others` : '',
    overrides.some(({ what }) => what === 'pause') ? 'paused' : '',
  ]
  const tone = toneOf(view)
  return {
    tone,
    mark: MARKS[tone],
    headline: [`${poolName(view.pool)}: ${inService(view)} of ${view.desired} in service`, load, ...notes]
      .filter((part) => part !== '')
      .join(', '),
  }
}

export function inService({ members }: StatusView): number {
  return members.filter(({ phase }) => phase === 'inService').length
}

function toneOf(view: StatusView): Tone {
  const { members, overrides, value, target, tolerance = DEFAULT_POLICY.tolerance } = view
  if (view.phase !== undefined) return 'info'
  if (inService(view) === 0 || members.some(({ phase }) => phase === 'failed')) return 'bad'
  if (value === null || value > (1 + tolerance) * target) return 'warn'
  if (members.some(({ silent, odd }) => silent || (odd ?? null) !== null)) return 'warn'
  if (overrides.some(({ what }) => what === 'pause')) return 'warn'
  return inService(view) === view.desired ? 'good' : 'info'
}
