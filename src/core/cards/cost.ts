import { capShare, dropletWords, monthName } from '../model/billing.ts'
import type { CostView, Tone } from '../model/view.ts'
import { cost as money, dollars, plural } from '../model/words.ts'
import { actions, card, facts, notes, rows, type Card, type Head, type Mark, type Row } from './card.ts'
import { poolName } from './words.ts'

type Cap = CostView['caps'][number]

const MARKS: Readonly<Record<Tone, Mark>> = { good: 'money', info: 'money', warn: 'warn', bad: 'spent' }
const ORDER: readonly Tone[] = ['bad', 'warn', 'info']

/** What the pool costs, and how near its limits are. */
export function costCard(view: CostView): Card {
  const month = monthName(view.month)
  return card(head(view), [
    facts([
      ['Now', `${dollars(view.dollarsPerHour)}/h, ${dropletWords(view)}`],
      [month, `${money(view.monthDollars)} so far`],
      [`End of ${month}`, `${money(view.projectedDollars)} projected`],
      ['A fixed fleet', `${money(view.fixed.dollars)}, ${plural(view.fixed.droplets, 'droplet')} all month`],
    ]),
    rows(view.caps.map(capRow), 'limit', 'facts'),
    notes(...view.notes),
    actions(view.actions),
  ])
}

function capRow(cap: Cap): Row {
  const tone = capTone(cap)
  return {
    mark: tone === 'info' ? 'good' : tone,
    words: [{ strong: `Limit per ${cap.per}` }, `  ${dollars(cap.limit)}: ${capShare(cap)}`],
    share: cap.limit > 0 ? Math.min(1, cap.used / cap.limit) : 1,
  }
}

/** What it costs now, so far and by the month's end; how near the nearest limit is gives the tone. */
function head(view: CostView): Head {
  const tones = new Set(view.caps.map(capTone))
  const tone = ORDER.find((one) => tones.has(one)) ?? 'info'
  const month = monthName(view.month)
  const words = [
    `${dollars(view.dollarsPerHour)}/h`,
    `${money(view.monthDollars)} so far in ${month}`,
    `${money(view.projectedDollars)} by its end`,
  ]
  const limit = { bad: ', limit reached', warn: ', close to the limit', info: '', good: '' }[tone]
  return { tone, mark: MARKS[tone], headline: `${poolName(view.pool)}: ${words.join(', ')}${limit}` }
}

/** Sums of cents are not exact. */
const NOTHING = 1e-9

/**
 * Money that is spent is gone: a month's limit is reached when it is used up. An hour's is only full then, which holds
 * the pool at its size and is no harm.
 */
function capTone({ per, limit, used, projected }: Cap): Tone {
  if (used > limit + NOTHING || (per === 'month' && used >= limit - NOTHING)) return 'bad'
  if (used >= limit - NOTHING || (projected !== null && projected > limit + NOTHING)) return 'warn'
  return 'info'
}
