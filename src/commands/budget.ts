import { answer, isDone } from '../core/model/answer.ts'
import { monthName, monthOf } from '../core/model/billing.ts'
import type { View } from '../core/model/view.ts'
import { cost, dollars } from '../core/model/words.ts'
import { spent } from '../core/pool/capacity.ts'
import type { Command, Here } from './command.ts'
import { BadWords } from './grammar/bad-words.ts'
import { readEnd } from './grammar/words.ts'

/** `limit`: US dollars a month over all pools; `off`: none; null: how it is. */
export const command: Command<{ readonly kind: 'budget'; readonly limit: number | 'off' | null }> = {
  name: 'budget',
  task: 'rules',
  aliases: 'spending limit, set budget, set budget to, budget to, budget is, budget =',
  asks: { '': 'budget, what is budget, how much budget, spending limit' },
  summary: 'what the team may spend a month over all pools',
  usage: 'budget [DOLLARS | off]',
  example: '/spinup budget 200',
  parse: ([word, ...rest]) => {
    readEnd(rest)
    if (word === undefined) return { kind: 'budget', limit: null }
    if (/^(off|none|no)$/i.test(word)) return { kind: 'budget', limit: 'off' }
    const dollars = word.replaceAll(/^\$|\$$|,(?=\d{3}\b)|\/mo(nth)?$/gi, '')
    const limit = Number(dollars)
    if (!/^\d{1,7}(\.\d{1,2})?$/.test(dollars) || limit <= 0) {
      throw new BadWords(`“${word}” is not an amount: give dollars a month, or off.`, null)
    }
    return { kind: 'budget', limit }
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
