import type { Form } from '../core/model/form.ts'
import type { View } from '../core/model/view.ts'
import type { PoolState } from '../core/pool/state.ts'
import { answeredAlready } from '../core/pool/verdict.ts'
import { answerProposal } from '../engine/loop/answer-proposal.ts'
import type { Command } from './command.ts'
import { REASON } from './grammar/options.ts'
import { readReason, reasonIn } from './grammar/words.ts'

/** `id` null: the open one. */
export interface Deny {
  readonly kind: 'deny'
  readonly id: string | null
  readonly reason: string
}

export const command: Command<Deny> = {
  name: 'deny',
  task: 'scaling',
  aliases: 'reject, decline, refuse',
  phrases: { '': 'no, n, nope, nah, cancel, cancel it, cancel that, cancel proposal' },
  summary: 'say no to the open proposal, and why if you like',
  usage: 'deny [REASON]',
  example: '/spinup deny we are about to deploy',
  parse: (words) => ({ kind: 'deny', id: null, reason: readReason(words) }),
  options: [REASON],
  forOne: true,
  access: 'open',
  needs: 'readyPool',
  isOf: ({ id }, { approvals }) => approvals.some((one) => one.id === id),
  audit: { words: ({ id, reason }) => `${id ?? ''} ${reason}`, vote: ({ id }) => id },
  buttons: { deny: filledIn },
  form: {
    open: ({ services, state }, id) => form(state, id, services.now()),
    read: (values, id) => filledIn(id, values),
  },
  run: ({ services, asker, state }, verdict) => answerProposal(services, state.pool.id, verdict, asker),
}

function filledIn(id: string, values: Readonly<Record<string, string>>): Deny {
  return { kind: 'deny', id, reason: reasonIn([values['reason'] ?? '']) }
}

const LONGEST_REASON = 200

function form(state: PoolState, id: string, now: number): Form | readonly View[] {
  const said = answeredAlready(state, { kind: 'deny', id, reason: '' }, now)
  if (said !== null) return said
  const approval = state.approvals.find((known) => known.id === id)!
  const { from, to } = approval.decision
  return {
    title: `Keep ${from}, not ${to}?`,
    submit: `Keep ${from}`,
    fields: [
      {
        name: 'reason',
        label: 'Why?',
        hint: 'The team sees it on the card and in the history.',
        value: '',
        optional: true,
        most: LONGEST_REASON,
      },
    ],
  }
}
