import type { ProposalView } from '../../../../core/model/view.ts'
import { buttons } from '../buttons.ts'
import type { Drawn, SlackContext } from '../context.ts'
import { line } from '../escape.ts'
import { aside, dated, figures, headline, words, type Part, poolName } from '../parts.ts'
import { bold, glue, instant, instantToken, say } from '../rich.ts'
import { costWords } from './episode.ts'
import { listed } from './episode-thread.ts'

/** A question to the team with its deadline, or what became of it, by whom and when. */
export function drawProposal(view: ProposalView, { now }: SlackContext): Drawn {
  return {
    parts: [
      proposalHeadline(view),
      ...(view.state === 'open' ? deadline(view, now) : []),
      ...words('story', [say(view.reason, 1500)]),
      ...(view.note === null || view.note === ''
        ? []
        : words('facts', [bold('Said'), glue('  '), say(view.note, 600)])),
      figures([
        { name: 'Members', value: `${view.from} → ${view.to}` },
        { name: 'Cost', value: costWords(view) },
      ]),
      ...aside([
        view.state === 'open' && view.approvers.length > 0 ? `${listed(view.approvers)} may answer` : '',
        view.votes.length > 0 ? `yes from ${listed(view.votes.map(({ name }) => name))}` : '',
        view.decidedAt === null ? '' : dated('decided ', instantToken(view.decidedAt, now)),
      ]),
      ...buttons(view.actions),
    ],
  }
}

function proposalHeadline(view: ProposalView): Part {
  const what = `scale ${view.direction} ${view.from} → ${view.to}`
  const by = view.by === null ? '' : ` by ${line(view.by.name, 40)}`
  switch (view.state) {
    case 'open':
      return headline(
        '❓',
        `${poolName(view.pool)}: ${what}?${view.quorum > 1 ? ` (${view.votes.length} of ${view.quorum} yes)` : ''}`,
      )
    case 'approved':
      return headline('✅', `${poolName(view.pool)}: ${what}, approved${by}`)
    case 'denied':
      return headline('🚫', `${poolName(view.pool)}: ${what}, denied${by}`)
    case 'expired':
      return headline(
        '⌛',
        `${poolName(view.pool)}: ${what}, nobody answered: ${view.onExpiry === 'act' ? 'went ahead' : `held at ${view.from}`}`,
      )
    case 'superseded':
      return headline('↪️', `${poolName(view.pool)}: ${what}, overtaken by events`)
    default:
      return view.state satisfies never
  }
}

function deadline(view: ProposalView, now: number): readonly Part[] {
  const otherwise = view.onExpiry === 'act' ? `scales ${view.direction} by itself` : `holds at ${view.from}`
  return words('facts', [
    glue('⏱️ Answer by '),
    instant(view.deadlineAt, now),
    glue(', or Spinup '),
    bold(otherwise),
    glue('.'),
  ])
}
