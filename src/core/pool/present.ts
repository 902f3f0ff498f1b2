import type { BalancerReading } from '../model/backend.ts'
import type { Memory, OpenWindow } from '../model/decision.ts'
import { reported } from '../model/sample.ts'
import { decide, type Judgement } from '../policy/decide.ts'
import { capacityFor, withinCapacity } from './capacity.ts'
import { observe, type Latest } from './observation.ts'
import type { PoolState } from './state.ts'

/** What members show of a stat now: what every card calls “now”. */
export interface PresentStat {
  /** By member id; null: it has not reported it lately. */
  readonly members: Readonly<Record<string, number | null>>
  /** Of those in service that have, or where nobody is in service of all that have; null: none has. */
  readonly mean: number | null
  readonly min: number | null
  readonly max: number | null
}

/** The newest value of each member, unless that is stale, and their mean. */
export function presentStat(state: PoolState, latest: Latest, stat: string, now: number): PresentStat {
  const { staleAfterMs } = state.pool.policy
  const values = state.members.map(({ id, phase }) => {
    const sample = latest[id] ?? null
    const fresh = sample !== null && sample.at > now - staleAfterMs
    return { id, phase, value: fresh ? (reported(sample.stats, stat) ?? null) : null }
  })
  const nobody = values.every(({ phase }) => phase !== 'inService')
  const serving = values.flatMap(({ phase, value }) =>
    value !== null && (nobody || phase === 'inService') ? [value] : [],
  )
  const known = serving.length > 0
  return {
    members: Object.fromEntries(values.map(({ id, value }) => [id, value])),
    mean: known ? serving.reduce((sum, value) => sum + value, 0) / serving.length : null,
    min: known ? Math.min(...serving) : null,
    max: known ? Math.max(...serving) : null,
  }
}

/** Whether somebody changed the pool since its decision was made; a command may have made one of its own, as scaling does. */
export function isOvertaken({ decision, changedAt }: PoolState): boolean {
  return decision !== null && decision.at < changedAt
}

/** What the next tick would decide, of the pool as it is; nothing is kept or done. Times are epoch ms. */
export function presentJudgement(
  state: PoolState,
  seen: {
    readonly latest: Latest
    readonly reading: BalancerReading
    readonly windows: readonly OpenWindow[]
    /** How long a clone is said to take, ms. */
    readonly bootMs: number
    readonly memory: Memory
  },
  now: number,
): Judgement {
  const { latest, reading, windows, bootMs, memory } = seen
  const judgement = decide(observe(state, latest, reading, windows, now, bootMs), state.pool.policy, memory, now)
  return withinCapacity(judgement, state, capacityFor(state, now, windows), now)
}
