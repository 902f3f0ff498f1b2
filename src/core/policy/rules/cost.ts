import type { Policy } from '../../model/policy.ts'
import { dollars } from '../../model/words.ts'
import { because, type Context, type Draft, type JudgeRule } from '../rule.ts'

const HOUR_MS = 3_600_000

/**
 * What the team is willing to pay, by the hour and by the month; wins over the load, a pin and the minimum's wish for
 * more. Where the pool costs more already, it comes back: a limit that only stopped growth would be paid over for hours.
 */
export const cost: JudgeRule = (context, draft) => {
  const { policy, observation } = context
  const price = observation.dollarsPerHour ?? 0
  if (price <= 0) return draft
  const spent = context.load.spend.dollars + (observation.extraDollars ?? 0)
  const { hourly, monthly } = affordable(policy, price, spent, context.now)
  if (draft.to > Math.max(1, hourly)) {
    const text = `${dollars(policy.maxDollarsPerHour ?? 0)} an hour pays for ${hourly} at ${dollars(price)} each`
    return lower(context, draft, 'costPerHour', Math.max(1, hourly), text)
  }
  if (draft.to <= monthly || policy.maxDollarsPerMonth === null) return draft
  const text = `${dollars(spent)} of this month’s ${dollars(policy.maxDollarsPerMonth)} is spent, and the minimum has to be paid until its end`
  return lower(context, draft, 'budget', monthly, text)
}

/**
 * How many members at `price` an hour the money pays for: the hour's, and as many as the month's pays for the coming
 * hour, after what the minimum will cost until the month is over. `spent` of it already, US dollars.
 */
export function affordable(
  policy: Policy,
  price: number,
  spent: number,
  now: number,
): { readonly hourly: number; readonly monthly: number } {
  const hourly = policy.maxDollarsPerHour === null ? Infinity : Math.floor(policy.maxDollarsPerHour / price + 1e-9)
  if (policy.maxDollarsPerMonth === null) return { hourly, monthly: Infinity }
  const date = new Date(now)
  const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)
  const reserved = (policy.min * price * Math.max(0, end - now)) / HOUR_MS
  const left = policy.maxDollarsPerMonth - spent - reserved
  return { hourly, monthly: policy.min + Math.max(0, Math.floor(left / price + 1e-9)) }
}

function lower(context: Context, draft: Draft, rule: 'costPerHour' | 'budget', to: number, text: string): Draft {
  const { size } = context
  const how = size > to ? 'Back to' : size === to ? 'Holding at' : 'Limited to'
  return { ...draft, to, rule, reason: `${how} ${to}: ${text}; wanted ${draft.to}. ${because(draft)}` }
}
