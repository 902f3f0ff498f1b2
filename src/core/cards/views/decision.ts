import type { Decision } from '../../model/decision.ts'
import type { ChartRef, DecisionView } from '../../model/view.ts'
import type { PoolState } from '../../pool/state.ts'

/** One decision with its inputs, formula and limiting rule. */
export function decisionView(
  state: PoolState,
  decision: Decision,
  observedOnly: boolean,
  chart: ChartRef | null,
): DecisionView {
  return { kind: 'decision', pool: state.pool.name, decision, observedOnly, chart }
}
