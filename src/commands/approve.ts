import { answerProposal } from '../engine/loop/answer-proposal.ts'
import type { Command } from './command.ts'
import { readId } from './grammar/words.ts'

/** `id` null: the open one. */
export const command: Command<{ readonly kind: 'approve'; readonly id: string | null }> = {
  name: 'approve',
  task: 'scaling',
  aliases: 'accept, lgtm, agree',
  phrases: { '': 'yes, y, yep, yeah, yup, sure, go ahead, yes do it, approve proposal', '*': 'yes *' },
  summary: 'say yes to the open proposal',
  usage: 'approve [ID]',
  example: '/spinup approve',
  parse: (words) => ({ kind: 'approve', id: readId(words, 'question’s id', '/spinup approve') }),
  options: [{ name: 'proposal', summary: 'Its id; leave it out for the open one', kind: 'text' }],
  forOne: true,
  access: 'open',
  needs: 'readyPool',
  isOf: ({ id }, { approvals }) => approvals.some((one) => one.id === id),
  audit: { words: ({ id }) => id ?? '', vote: ({ id }) => id },
  buttons: { approve: (id) => ({ kind: 'approve', id }) },
  run: ({ services, asker, state }, { id }) =>
    answerProposal(services, state.pool.id, { kind: 'approve', id, reason: '' }, asker),
}
