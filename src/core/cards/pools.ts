import { monthName } from '../model/billing.ts'
import type { PoolsView, Tone } from '../model/view.ts'
import { cost, dollars, plural, statName, statValue } from '../model/words.ts'
import { actions, card, facts, notes, type Card, type Cell } from './card.ts'
import { listed, poolName } from './words.ts'

const WORST: readonly Tone[] = ['bad', 'warn', 'info', 'good']

/** Every pool of the team: its size, load and cost, a row each. */
export function poolsCard(view: PoolsView): Card {
  const { pools, month, goneDollars = 0, monthLimit } = view
  const tone = WORST.find((one) => pools.some((pool) => pool.tone === one)) ?? 'info'
  const troubled = pools.filter((pool) => pool.tone === 'bad' || pool.tone === 'warn').map(({ name }) => poolName(name))
  const hour = sum(pools.map((pool) => pool.dollarsPerHour))
  const paid = sum([goneDollars, ...pools.map((pool) => pool.monthDollars)])
  const words = [
    `${plural(pools.length, 'pool')}, ${plural(sum(pools.map((pool) => pool.inService)), 'member')} in service, ${dollars(hour)}/h`,
    troubled.length === 0 ? '' : `look at ${listed(troubled)}`,
  ]
  return card({ tone, mark: tone, headline: words.filter((word) => word !== '').join('; ') }, [
    {
      kind: 'table',
      head: ['POOL', 'MEMBERS', 'LOAD', 'COST', ''],
      rows: pools.map(row),
      right: [1, 2, 3],
      noun: 'pool',
      rank: 'story',
    },
    monthLimit === null ? null : facts([[`${monthName(month)}, all pools`, `${cost(paid)} of ${dollars(monthLimit)}`]]),
    notes(['Name one after a command: ', { code: `/spinup status ${poolName(pools[0]?.name ?? '')}` }]),
    actions(view.actions),
  ])
}

function row(pool: PoolsView['pools'][number]): readonly Cell[] {
  const { stat, value, phase, tone } = pool
  const remarks = [phase === 'ready' ? '' : phase, pool.override ?? '', pool.mode === 'auto' ? '' : pool.mode]
  const name = poolName(pool.name)
  return [
    tone === 'good' || tone === 'info' ? name : { text: name, tone },
    `${pool.inService} of ${pool.max}`,
    value === null ? '–' : `${statName(stat)} ${statValue(stat, value)}`,
    `${dollars(pool.dollarsPerHour)}/h`,
    remarks.filter((remark) => remark !== '').join(', '),
  ]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
