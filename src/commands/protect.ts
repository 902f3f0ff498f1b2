import { answer } from '../core/model/answer.ts'
import { SpinupError } from '../core/model/error.ts'
import { inForce, type Member } from '../core/model/member.ts'
import { didYouMean } from '../core/model/nearest.ts'
import type { Actor } from '../core/model/pool.ts'
import type { View } from '../core/model/view.ts'
import { duration, thereAre } from '../core/model/words.ts'
import { memberCalled } from '../core/pool/member-called.ts'
import type { Session } from '../engine/session.ts'
import type { Command } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { REASON, TIME } from './grammar/options.ts'
import { readSpan } from './grammar/span.ts'
import { readName, readNamed, readReason, spanWords } from './grammar/words.ts'

/** `forMs` null: until it is lifted; `off` lifts it. */
export interface Protect {
  readonly kind: 'protect'
  readonly member: string
  readonly forMs: number | 'off' | null
  readonly reason: string
}

export const command: Command<Protect> = {
  name: 'protect',
  task: 'hold',
  aliases: 'spare, guard, keep safe',
  phrases: { '* off': 'unprotect *, stop protecting *' },
  summary: 'spare one member from scale in; `off` lifts it',
  usage: 'protect MEMBER [for DURATION | until HH:MM | off] [REASON]',
  example: '/spinup protect web-2 for 2h debugging',
  parse: (typed, at) => {
    const [member, ...words] = readNamed(typed)
    if (member === undefined || /^(off|none)$/i.test(member)) throw new BadWords('Which member?', null)
    readName(member, 'member', '/spinup protect web-2 for 2h')
    if (words[0]?.toLowerCase() === 'off') return { kind: 'protect', member, forMs: 'off', reason: '' }
    const { forMs, rest } = readSpan(words, { ...at, before: `protect ${member}`, endless: true })
    return { kind: 'protect', member, forMs, reason: readReason(rest) }
  },
  options: [
    { name: 'member', summary: 'Which member', kind: 'text', required: true, offers: ({ members }) => members },
    {
      ...TIME,
      summary: 'How long, such as 2h, or until when, such as 18:00; off lifts it',
      offers: () => ['30m', '2h', '1d', 'off'],
      words: (value) => (value === 'off' ? value : (TIME.words?.(value) ?? value)),
    },
    REASON,
  ],
  group: 'fleet',
  next: (words, facts) => {
    if (words.length === 0) return facts.members
    if (words.length === 1) return ['for', 'until', 'off']
    return words.length === 2 && words[1] === 'for' ? ['30m', '2h', '1d'] : []
  },
  needs: 'readyPool',
  isOf: ({ member }, { members }) => memberCalled(members, member) !== null,
  audit: {
    words: ({ member, forMs, reason }) => `${member} ${forMs === 'off' ? forMs : spanWords(forMs)} ${reason}`,
  },
  run: ({ change, actor }, wish) => change((session) => protect(session, wish, actor)),
}

/** Spares a member from scale in. */
function protect(session: Session, { member: wanted, forMs, reason }: Protect, actor: Actor): readonly View[] {
  const member = memberOf(session, wanted)
  const memberId = member.id
  if (forMs === 'off') return lift(session, memberId, actor)
  if (member.role === 'origin') {
    return [answer('info', `${memberId} is the origin`, 'It is never scaled in; nothing was changed.')]
  }
  const expiresAt = forMs === null ? null : session.now + forMs
  session.change({ protections: { [memberId]: { owner: actor, reason, at: session.now, expiresAt } } })
  const span = forMs === null ? 'until someone lifts it' : `for ${duration(forMs)}`
  session.journal({ at: session.now, actor, what: `Protected ${memberId} ${span}`, outcome: reason, tone: 'info' })
  return [
    answer('good', `${memberId} is protected ${span}`, 'Scale in takes others.', [
      { action: `run:/spinup protect ${memberId} off`, label: 'Lift', style: 'plain' },
    ]),
  ]
}

function lift(session: Session, memberId: string, actor: Actor): readonly View[] {
  if (!inForce(session.state().protections[memberId] ?? null, session.now)) {
    return [answer('info', `${memberId} is not protected`, 'Nothing was changed.')]
  }
  session.change({ protections: { [memberId]: null } })
  session.journal({ at: session.now, actor, what: `Lifted the protection of ${memberId}`, outcome: '', tone: 'info' })
  return [answer('good', `${memberId} is no longer protected`, 'Scale in may take it.')]
}

function memberOf(session: Session, memberId: string): Member {
  const { members } = session.state()
  const member = memberCalled(members, memberId)
  if (member === null) {
    const names = members.map((known) => known.id)
    const meant = didYouMean(memberId, names)
    throw new SpinupError(
      'notFound',
      `There is no member called ${memberId}; ${thereAre(names)}.${meant} Nothing was changed.`,
    )
  }
  return member
}
