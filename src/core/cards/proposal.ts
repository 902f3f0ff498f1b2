import type { ProposalView } from '../model/view.ts'
import { actions, card, notes, said, type Card, type Head } from './card.ts'
import { ANSWERS, costChange, listed, oneLine, poolName, quoted } from './words.ts'

/** A question to the team with its deadline and the votes it has, or what became of it. */
export function proposalCard(view: ProposalView): Card {
  const open = view.state === 'open'
  const { votes } = view
  return card(
    head(view),
    [
      open
        ? {
            kind: 'question',
            deadlineAt: view.deadlineAt,
            otherwise: view.onExpiry === 'act' ? `scales ${view.direction} by itself` : `holds at ${view.from}`,
            votes: votes.map(({ name }) => name),
            quorum: view.quorum,
            approvers: view.approvers,
          }
        : null,
      said(quoted(view.note), 'facts'),
      said(view.reason),
      notes(
        open ? costChange(view) : '',
        !open && view.quorum > 1 && votes.length > 0 ? `yes from ${listed(votes.map(({ name }) => name))}` : '',
      ),
      actions(view.actions),
    ],
    {
      timer: open ? { at: view.deadlineAt, counts: 'down' } : null,
      gist: view.reason,
      urgency: 'trouble',
      // The outcome as well: nobody should press what is decided.
      pressing: 'always',
      final: !open,
    },
  )
}

function head(view: ProposalView): Head {
  const what = `${poolName(view.pool)}: scale ${view.direction} ${view.from} → ${view.to}`
  const by = view.by === null ? '' : ` by ${oneLine(view.by.name, 40)}`
  switch (view.state) {
    case 'open': {
      const votes = view.quorum > 1 ? ` ${view.votes.length} of ${view.quorum} yes` : ''
      return { tone: 'warn', mark: 'question', headline: `${what}?${votes}` }
    }
    case 'approved':
      return { tone: 'good', mark: 'good', headline: `${what}, approved${by}` }
    case 'denied':
      return { tone: 'bad', mark: 'denied', headline: `${what}, denied${by}` }
    case 'expired': {
      const then = view.onExpiry === 'act' ? 'went ahead' : `held at ${view.from}`
      return { tone: 'info', mark: 'unanswered', headline: `${what}, nobody answered: ${then}` }
    }
    case 'superseded':
      return { tone: 'info', mark: 'replaced', headline: `${what}, ${ANSWERS.superseded}` }
    default:
      return view.state satisfies never
  }
}
