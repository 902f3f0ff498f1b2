import { SpinupError } from '../../core/model/error.ts'
import { counts } from '../../core/model/member.ts'
import { didYouMean } from '../../core/model/nearest.ts'
import type { StatsView } from '../../core/model/view.ts'
import { calledSo, memberCalled } from '../../core/pool/member-called.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { Services } from '../services.ts'
import { keepChart, readChart } from './chart.ts'

/** `stat` null: the one that scales; `member` null: of the pool. */
export interface StatsAsked {
  readonly stat: string | null
  readonly rangeMs: number
  readonly member: string | null
  /** A second stat, drawn below. */
  readonly also?: string
  /** A line for each member instead of their mean. */
  readonly byMember?: boolean
}

/** Numbers and a chart of a stat, or two, over the last `rangeMs`; of one member, or of the pool and each member. */
export async function statsView(services: Services, state: PoolState, asked: StatsAsked): Promise<StatsView> {
  const { pool } = state
  const { byMember = false } = asked
  const available = await services.series.statNames(pool.id)
  const stat = statCalled(asked.stat ?? pool.policy.stat, available)
  const also = asked.also === undefined ? null : statCalled(asked.also, available)
  const member = asked.member === null ? null : memberNamed(state, asked.member)
  const toAt = services.now()
  const fromAt = toAt - asked.rangeMs
  const members = state.members.filter((one) => counts(one)).map(({ id }) => id)
  const memberIds = member === null ? (byMember ? members : []) : [member]
  const { spec, panels } = await readChart(services, state, {
    stat,
    also: also === stat ? null : also,
    fromAt,
    toAt,
    memberIds,
    present: true,
  })
  const [reading, second] = panels
  if (reading === undefined) throw new Error('there is a stat')
  return {
    kind: 'stats',
    pool: pool.name,
    member,
    fromAt,
    toAt,
    ...reading.figures,
    hottest: reading.hottest,
    also: second?.figures ?? null,
    perMember: reading.perMember,
    available,
    chart: await keepChart(services, state, `stats-${services.newId()}`, spec),
  }
}

/** The stat as it is reported, however it was typed. Throws `notFound`. */
export function statCalled(wanted: string, available: readonly string[]): string {
  const found = calledSo(available, (name) => name, wanted)
  if (found !== null) return found
  const there = available.length === 0 ? 'none has been reported yet' : `there are ${available.join(', ')}`
  throw new SpinupError('notFound', `No statistic called ${wanted}: ${there}.${didYouMean(wanted, available)}`)
}

/** Throws `notFound`. */
function memberNamed({ members }: PoolState, wanted: string): string {
  const found = memberCalled(members, wanted)
  if (found !== null) return found.id
  const names = members.map(({ id }) => id)
  const meant = didYouMean(wanted, names)
  throw new SpinupError('notFound', `There is no member called ${wanted}; there are ${names.join(', ')}.${meant}`)
}
