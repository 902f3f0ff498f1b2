import { reported } from '../model/sample.ts'
import type { Latest } from './observation.ts'
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
