import { fleetPrice, monthOf, originPrice, priceWords, type Prices } from '../../model/billing.ts'
import { counts } from '../../model/member.ts'
import type { Policy } from '../../model/policy.ts'
import type { TeamBudget } from '../../model/upkeep.ts'
import { dollars, plural } from '../../model/words.ts'
import { because, type Context, type Draft, type JudgeRule } from '../rule.ts'

const HOUR_MS = 3_600_000

/**
 * What the team is willing to pay, by the hour and by the month; wins over the load, a pin and the minimum's wish for
 * more. Where the pool costs more already, it comes back: a limit that only stopped growth would be paid over for hours.
 */
export const cost: JudgeRule = (context, draft) => {
  const { policy, observation, now } = context
  const { dollarsPerHour, originDollarsPerHour, team = null } = observation
  if (!dollarsPerHour || dollarsPerHour <= 0) return draft
  const prices = { dollarsPerHour, originDollarsPerHour: originDollarsPerHour ?? dollarsPerHour }
  const spent = context.load.spend.dollars + (observation.extraDollars ?? 0)
  const { hourly, monthly, byTeam } = affordable(policy, prices, spent, now, team)
  const hour = most(context, draft, Math.max(1, hourly))
  const month = most(context, draft, monthly)
  if (draft.to > hour.to && hour.to <= month.to) {
    const text = `${dollars(policy.maxDollarsPerHour ?? 0)} an hour pays for ${Math.max(0, hourly)} at ${priceWords(prices)}`
    return lower(context, draft, 'costPerHour', hour.to, `${text}${hour.besides}`)
  }
  if (draft.to <= month.to) return draft
  const kept = monthly < policy.min ? 'your own droplet' : 'the minimum'
  const money = byTeam
    ? `${dollars(spent + (team?.spent ?? 0))} of the team’s ${dollars(team?.limit ?? 0)} for this month`
    : `${dollars(spent)} of this month’s ${dollars(policy.maxDollarsPerMonth ?? 0)}`
  const text = `${money} is spent, and ${kept}${byTeam ? ' of every pool' : ''} has to be paid until its end`
  return lower(context, draft, 'budget', month.to, `${text}${month.besides}`)
}

/**
 * How many members the money pays for, one of which is the origin: the hour's, and the month's for the coming hour,
 * after what the minimum will cost until the month is over. Where it does not last for the minimum, it is kept for the
 * origin alone, which stays whatever it costs. `spent` of the month's already, US dollars. `byTeam`: it is the team's
 * money that is the less.
 */
export function affordable(
  policy: Pick<Policy, 'min' | 'maxDollarsPerHour' | 'maxDollarsPerMonth'>,
  prices: Prices,
  spent: number,
  now: number,
  team: TeamBudget | null = null,
): { readonly hourly: number; readonly monthly: number; readonly byTeam: boolean } {
  const { min, maxDollarsPerHour, maxDollarsPerMonth } = policy
  const clones = (money: number): number => Math.floor(money / prices.dollarsPerHour + 1e-9)
  const hourly = maxDollarsPerHour === null ? Infinity : 1 + clones(maxDollarsPerHour - originPrice(prices))
  const monthly = (money: number | null): number => {
    if (money === null) return Infinity
    const after = (size: number): number => money - spent - untilMonthEnd(prices, size, now)
    const more = clones(after(min))
    return more >= 0 ? min + more : Math.min(min, 1 + Math.max(0, clones(after(1))))
  }
  const own = monthly(maxDollarsPerMonth)
  const shared = monthly(team === null ? null : team.limit - team.spent - team.reserved)
  return { hourly, monthly: Math.min(own, shared), byTeam: shared < own }
}

/** What `size` members will cost until the calendar month (UTC) is over, US dollars. */
export function untilMonthEnd(prices: Prices, size: number, now: number): number {
  return (fleetPrice(prices, size) * (endOfMonth(now) - now)) / HOUR_MS
}

/** When the calendar month (UTC) of an instant is over, epoch ms. */
export function endOfMonth(now: number): number {
  const month = new Date(`${monthOf(now)}-01`)
  return Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1)
}

/** As far as the draft may go where `size` members are paid for: droplets that are leaving are paid for beside the new ones. */
function most({ observation, size }: Context, draft: Draft, paid: number): { to: number; besides: string } {
  const away = observation.members.filter((member) => member.phase === 'failed').length
  const leaving = observation.members.filter((member) => !counts(member)).length - away
  // While the origin serves nobody the last clone does.
  const stay = Math.max(1, paid - away)
  if (draft.to <= size) return { to: stay, besides: '' }
  const to = Math.max(Math.min(size, stay), stay - leaving)
  return { to, besides: to < stay ? `, ${plural(leaving, 'droplet')} on the way out among them` : '' }
}

function lower(context: Context, draft: Draft, rule: 'costPerHour' | 'budget', to: number, text: string): Draft {
  const { size } = context
  const how = size > to ? 'Back to' : size === to ? 'Holding at' : 'Limited to'
  return { ...draft, to, rule, reason: `${how} ${to}: ${text}; wanted ${draft.to}. ${because(draft)}` }
}
