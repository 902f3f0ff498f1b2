import type { PoolState } from '../../../core/pool/state.ts'
import type { CheckLine } from '../../../core/model/view.ts'
import { findingAlarms } from '../../../core/alarms/findings.ts'
import { standingOf } from '../../loop/memory.ts'
import type { Services } from '../../services.ts'
import { ok, skipped, warn } from '../check.ts'

/** What the judgement found about the load that no clone would change, and members that are not like the others. */
export async function load(services: Services, state: PoolState, name: string): Promise<readonly CheckLine[]> {
  if (state.pool.phase !== 'ready') return [skipped(name, 'nothing is judged yet')]
  const found = findingAlarms(state, standingOf(services, state))
  if (found.length === 0) return [ok(name, 'it is visitors’, and no member is unlike the others')]
  return found.map(({ title, text, fix }) => warn(name, `${title}: ${text}`, fix ?? 'See /spinup why.'))
}
