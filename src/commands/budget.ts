import { answer, isDone } from '../core/model/answer.ts'
import { monthName, monthOf } from '../core/model/billing.ts'
import type { View } from '../core/model/view.ts'
import { cost, dollars } from '../core/model/words.ts'
import { spent } from '../core/pool/capacity.ts'
import type { Command, Here } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { dollarsOf } from '../core/policy/fields/field.ts'

/** `limit`: US dollars a month over all pools; `off`: none; null: how it is. */
export const command: Command<{ readonly kind: 'budget'; readonly limit: number | 'off' | null }> = {
  name: 'budget',
  task: 'rules',
  aliases: 'spending limit, set budget, set budget to, budget to, budget is, budget =',
  asks: { '': 'budget, what is budget, how much budget, spending limit, are we over budget, are we within budget' },
  summary: 'what the team may spend a month over all pools',
  usage: 'budget [DOLLARS | off]',
  example: '/spinup budget 200',
  parse: (words) => {
    const text = words.filter((word) => !/^(please|the|is|to|at|=)$/i.test(word)).join(' ')
    if (text === '') return { kind: 'budget', limit: null }
    if (/^(off|none|no|no (budget|limit)|unlimited|remove|clear)$/i.test(text)) return { kind: 'budget', limit: 'off' }
    const said = text.replace(A_MONTH, '')
    const limit = dollarsOf(said) ?? 0
    // A thousand in much of Europe.
    if (limit >= 0.01 && limit < MOST && !/\.\d{3}/.test(said)) return { kind: 'budget', limit }
    const [, digits] = /^[^\d-]*([1-9]\d{0,6})[^\d.,]*$/.exec(said) ?? []
    throw new BadWords(
      `“${text}” is not an amount: give dollars a month, or off.`,
      digits === undefined ? null : `/spinup budget ${digits}`,
    )
  },
  options: [
    {
      name: 'limit',
      summary: 'Dollars a month, or off; leave it out to see it',
      kind: 'text',
      offers: () => ['50', '100', '200', 'off'],
    },
  ],
  next: (words) => (words.length === 0 ? ['100', '200', 'off'] : []),
  reads: ({ limit }) => limit === null,
  needs: 'nothing',
  audit: { words: ({ limit }) => String(limit ?? ''), beside: isDone },
  run: (here, { limit }) => budget(here, limit),
}

const A_MONTH = /\s*(?:\/|\b(?:per|an?|each|every)\b)\s*mo(?:nth)?\.?$|\s+monthly$/i
const MOST = 10_000_000

async function budget({ services, asker, pools }: Here, wish: number | 'off' | null): Promise<readonly View[]> {
  const { tenant } = asker.place
  const before = await services.team.budget(tenant)
  if (wish !== null) await services.team.setBudget(tenant, wish === 'off' ? null : wish)
  const limit = wish === null ? before : wish === 'off' ? null : wish
  const now = services.now()
  const gone = await services.team.spentBefore(tenant, monthOf(now))
  const paid = pools.reduce((total, state) => total + spent(state, now), gone)
  const title =
    limit === null
      ? 'The team’s pools have no common budget'
      : `All pools together may cost ${dollars(limit)} a month: ${cost(paid)} spent in ${monthName(monthOf(now))}`
  const text =
    limit === null
      ? 'Each pool’s own is set by /spinup policy max-per-month=60.'
      : 'What every pool’s minimum needs is reserved; the rest pays for scaling out. A pool’s own budget holds as well.'
  const undo =
    wish === null || wish === before ? [] : [{ name: 'Before', value: before === null ? 'none' : dollars(before) }]
  return [
    answer(
      wish === null ? 'info' : 'good',
      title,
      text,
      [{ action: 'run:/spinup pools', label: 'Pools', style: 'plain' }],
      undo,
    ),
  ]
}
