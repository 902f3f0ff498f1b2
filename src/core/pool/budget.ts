import { answer } from '../model/answer.ts'
import { monthName, monthOf } from '../model/billing.ts'
import { SPINUP } from '../model/pool.ts'
import type { TeamBudget } from '../model/upkeep.ts'
import { cost, dollars, percent } from '../model/words.ts'
import { untilMonthEnd } from '../policy/rules/cost.ts'
import { spent } from './capacity.ts'
import type { Draft } from './draft.ts'
import type { PoolState } from './state.ts'

/** Shares of a month's limit at which the team is warned, once each. */
const SHARES: readonly number[] = [1, 0.8]

/** Warns when the month's money, the pool's or the team's, is nearly and when it is wholly spent. */
export function warnOfBudget(draft: Draft): void {
  const state = draft.state()
  const paid = spent(state, draft.now)
  const { team } = state.upkeep
  warn(draft, 'warned', { limit: state.pool.policy.maxDollarsPerMonth, paid, whose: 'money' })
  const shared = team?.warns === true ? { limit: team.limit, paid: paid + team.spent } : { limit: null, paid }
  warn(draft, 'warnedTeam', { ...shared, whose: 'money for all pools' })
}

function warn(
  draft: Draft,
  mark: 'warned' | 'warnedTeam',
  { limit, paid, whose }: { readonly limit: number | null; readonly paid: number; readonly whose: string },
): void {
  if (limit === null) return
  const { now } = draft
  const { upkeep } = draft.state()
  const month = monthOf(now)
  const share = SHARES.find((one) => paid >= limit * one) ?? 0
  const warned = upkeep[mark]
  const before = warned?.month === month ? warned.share : 0
  if (share === before) return
  draft.change({ upkeep: { ...upkeep, [mark]: { month, share } } })
  // The limit was raised: the warning no longer holds, and comes again when it does.
  if (share < before) return
  const what = `${monthName(month)}’s ${whose}`
  const of = `${cost(paid)} of ${dollars(limit)}`
  const title = share >= 1 ? `${what} is spent: ${of}` : `${percent(paid / limit)} of ${what} is spent: ${of}`
  const text =
    share >= 1
      ? 'Until the month ends every clone leaves and none is created: only your own droplet stays.'
      : 'What the minimum needs until the month ends is reserved while there is enough; the rest pays for scaling out.'
  const line = mark === 'warned' ? 'cost' : 'pools'
  const actions = [
    { action: `run:/spinup ${line}`, label: mark === 'warned' ? 'Cost' : 'Pools', style: 'plain' as const },
  ]
  const card = `budget:${mark === 'warned' ? '' : 'team:'}${month}:${share}:${limit}`
  draft.tellOnce(card, answer(share >= 1 ? 'bad' : 'warn', title, text, actions))
  draft.journal({ at: now, actor: SPINUP, what: title, outcome: text, tone: 'warn' })
}

/**
 * The team's money as `poolId` has to see it, from its pools, oldest first, and what those that are disconnected cost before;
 * null: no limit is set.
 */
export function teamBudget(
  limit: number | null,
  spentBefore: number,
  pools: readonly PoolState[],
  poolId: string,
  now: number,
): TeamBudget | null {
  if (limit === null) return null
  const others = pools.filter(({ pool }) => pool.id !== poolId)
  const sum = (of: readonly PoolState[], figure: (state: PoolState) => number): number =>
    of.reduce((total, one) => total + figure(one), 0)
  const staying = others.filter(({ pool }) => pool.phase !== 'disconnecting')
  return {
    limit,
    spent: spentBefore + sum(others, (state) => spent(state, now)),
    reserved: sum(staying, ({ pool }) => untilMonthEnd(pool, pool.policy.min, now)),
    // One that is not ready is not judged, and would warn nobody.
    warns: pools.find(({ pool }) => pool.phase === 'ready')?.pool.id === poolId,
  }
}
