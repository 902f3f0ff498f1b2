import { monthOf } from '../model/billing.ts'
import { monthName } from '../model/cost-words.ts'
import { SPINUP } from '../model/pool.ts'
import { dollars, percent } from '../model/words.ts'
import { answer } from '../model/answer.ts'
import { spent } from './capacity.ts'
import type { Draft } from './draft.ts'

/** Shares of the month's limit at which the team is told, once each. */
const SHARES: readonly number[] = [1, 0.8]

/** Tells when the month's money is nearly, and when it is wholly, spent. */
export function warnOfBudget(draft: Draft): void {
  const { now } = draft
  const state = draft.state()
  const { maxDollarsPerMonth: limit } = state.pool.policy
  if (limit === null) return
  const month = monthOf(now)
  const paid = spent(state, now)
  const share = SHARES.find((one) => paid >= limit * one) ?? 0
  const { upkeep } = state
  const before = upkeep.warned.month === month ? upkeep.warned.share : 0
  if (share === before) return
  draft.change({ upkeep: { ...upkeep, warned: { month, share } } })
  // The limit was raised: what was told no longer holds, and is told again when it does.
  if (share < before) return
  const title =
    share >= 1
      ? `${monthName(month)}’s money is spent: ${dollars(paid)} of ${dollars(limit)}`
      : `${percent(paid / limit)} of ${monthName(month)}’s money is spent: ${dollars(paid)} of ${dollars(limit)}`
  const text =
    share >= 1
      ? 'Until the month is over every clone leaves and none is created: only your own droplet stays.'
      : 'What the minimum needs until the month is over is kept back as long as there is enough; the rest pays for scaling out.'
  const actions = [{ action: 'run:/spinup cost', label: 'Cost', style: 'plain' as const }]
  draft.tellOnce(`budget:${month}:${share}:${limit}`, answer(share >= 1 ? 'bad' : 'warn', title, text, actions))
  draft.journal({ at: now, actor: SPINUP, what: title, outcome: text, tone: 'warn' })
}
