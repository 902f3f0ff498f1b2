import { answer } from '../core/model/answer.ts'
import type { View } from '../core/model/view.ts'
import type { PoolState } from '../core/pool/state.ts'
import { saveDecisionChart } from '../engine/reports/chart.ts'
import { presentDecision } from '../engine/reports/live.ts'
import type { Services } from '../engine/services.ts'
import type { Command } from './command.ts'
import { readId } from './grammar/words.ts'

/** Of the decision of that id; absent: the last change and the present one. */
export const command: Command<{ readonly kind: 'why'; readonly decision?: string }> = {
  name: 'why',
  task: 'look',
  aliases: 'reason, explain, wtf, huh, how come',
  phrases: { '': 'what happened, what just happened' },
  asks: {
    '':
      'why!, when will, what will, how long until, next, reason, explain, how come!, slow, is it slow, is slow, wtf, what happened, what just happened, ' +
      'what is wrong, what wrong, decide, decision, what deciding',
  },
  summary: 'the last change and the current decision: numbers, formula, and the rule that limited it',
  usage: 'why [DECISION]',
  example: '/spinup why',
  parse: (words) => {
    // `explain why it scaled`
    const decision = /^(why|what|how)$/i.test(words[0] ?? '') ? null : readId(words, 'decision', '/spinup why')
    return decision === null ? { kind: 'why' } : { kind: 'why', decision }
  },
  options: [{ name: 'decision', summary: 'the one on a card; the current one by default', kind: 'text' }],
  access: 'read',
  needs: 'pool',
  run: ({ services, state }, { decision }) => why(services, state, decision ?? null),
}

/** So many decisions are kept. */
const ALL = 1000

/** The decision of that id; null: the present one, and before it the last one that changed something. */
async function why(services: Services, state: PoolState, id: string | null): Promise<readonly View[]> {
  const { pool } = state
  const kept = await services.store.decisions(pool.id, id === null ? 200 : ALL)
  const shown = id === null ? await presentDecision(services, state) : kept.find((one) => one.id === id)
  if (shown == null) {
    const [title, text] =
      id === null
        ? ['Nothing was decided yet', 'The first decision comes with the first samples. See /spinup status.']
        : ['That decision is no longer known', 'The newest ones are: /spinup why.']
    return [{ ...answer('info', title, text), private: true }]
  }
  const chart = await saveDecisionChart(services, state, shown)
  const before = id === null ? kept.find(({ kind }) => kind !== 'hold') : undefined
  const observedOnly = pool.policy.mode === 'observe'
  const news = before === undefined || before.id === shown.id ? {} : { before }
  return [{ kind: 'decision', pool: pool.name, decision: shown, observedOnly, chart, ...news }]
}
