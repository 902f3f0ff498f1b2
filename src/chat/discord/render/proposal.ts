import type { ProposalView, Tone } from '../../../core/model/view.ts'
import { costs, people } from './change-words.ts'
import { escape, prose } from './escape.ts'
import { buttons, headline, sheet, small, text } from './parts.ts'
import type { Sheet } from './parts.ts'
import { clock, since } from './when.ts'

const OUTCOMES: Readonly<Record<ProposalView['state'], readonly [mark: string, tone: Tone]>> = {
  open: ['🙋', 'warn'],
  approved: ['✅', 'good'],
  denied: ['🚫', 'bad'],
  expired: ['⌛', 'info'],
  superseded: ['⏭️', 'info'],
}

/** A question to the team with its deadline, or what became of it. */
export function proposal(view: ProposalView): Sheet {
  const [mark, tone] = OUTCOMES[view.state]
  const open = view.state === 'open'
  const what = `scale ${view.direction} ${view.from} → ${view.to}`
  return sheet(
    tone,
    headline(mark, `${escape(view.pool, 60)}: ${what}${open ? '?' : `, ${outcome(view)}`}`),
    open
      ? text(
          1,
          `Answer ${since(view.deadlineAt)} at the latest (${clock(view.deadlineAt)}), or Spinup ${view.onExpiry === 'act' ? 'goes ahead' : 'holds'}.`,
        )
      : null,
    view.note === null ? null : text(1, `> ${escape(view.note, 500)}`),
    text(1, ...prose(view.reason)),
    text(2, costs(view), votes(view)),
    open && view.approvers.length > 0
      ? text(3, small(`Who may answer: ${escape(view.approvers.join(', '), 300)}`))
      : null,
    !open && view.decidedAt !== null ? text(4, small(clock(view.decidedAt))) : null,
    buttons(view.actions),
  )
}

function outcome({ state, by, onExpiry }: ProposalView): string {
  const who = by === null ? '' : ` by ${escape(by.name, 80)}`
  switch (state) {
    case 'open':
      return 'open'
    case 'approved':
      return `approved${who}`
    case 'denied':
      return `denied${who}`
    case 'expired':
      return `nobody answered: ${onExpiry === 'act' ? 'went ahead' : 'held'}`
    case 'superseded':
      return 'overtaken by events'
    default:
      return state satisfies never
  }
}

function votes({ votes, quorum, state }: ProposalView): string {
  if (state === 'open' && quorum > 1) {
    return `**${votes.length} of ${quorum}** approvals${votes.length === 0 ? '' : `: ${people(votes)}`}`
  }
  return votes.length > 1 ? `Approved by ${people(votes)}` : ''
}
