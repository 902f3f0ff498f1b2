import type { Decision } from '../../core/model/decision.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { ChartRef, DecisionView } from '../../core/model/view.ts'
import type { Session } from '../session.ts'
import { beginning, saveChart } from './chart.ts'

/** One decision with its inputs, formula and limiting rule. */
export function decisionCard(
  state: PoolState,
  decision: Decision,
  observedOnly: boolean,
  chart: ChartRef | null,
): DecisionView {
  return { kind: 'decision', pool: state.pool.name, decision, observedOnly, chart }
}

const BEFORE_MS = 10 * 60_000

/** The chart of the stat that was judged, up to the decision. */
export function saveDecisionChart(session: Session, decision: Decision): Promise<ChartRef | null> {
  const state = session.state()
  return saveChart(session.services, state, `why-${decision.id}`, {
    stat: state.pool.policy.stat,
    fromAt: beginning(state, decision.at, BEFORE_MS),
    toAt: decision.at,
    memberIds: [],
  })
}
