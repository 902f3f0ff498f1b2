import { capital, duration, statName, statValue } from '../../model/words.ts'
import { hold, type Context, type Draft, type JudgeRule } from '../rule.ts'

/** From here on a fraction no longer tells how much is wanted, only that it is too much. */
const SATURATED = 0.95

/** Target tracking: as many members as bring the mean of the stat to the target. */
export const target: JudgeRule = (context, draft) => {
  const { policy, measure } = context
  const value = measure.value
  if (value === null) {
    const who = measure.serving.length === 0 ? 'no member is in service yet' : 'no agent reports'
    return hold(context, draft, 'noData', `Holding at ${measure.size}: ${who}, so nothing is known of the load.`)
  }
  const ratio = value / policy.target
  const serving = measure.serving.length
  const seen = `${statName(policy.stat)} ${statValue(policy.stat, value)} over ${duration(policy.windowMs)}`
  const goal = `target ${statValue(policy.stat, policy.target)}`
  const formula = `ceil(${serving} × ${value.toFixed(2)} / ${policy.target}) = ${Math.ceil(round(serving * ratio))}`

  if (Math.abs(ratio - 1) <= policy.tolerance) {
    return {
      ...hold(context, draft, 'withinTolerance', `Holding at ${measure.size}: ${seen} is close to ${goal}.`),
      wanted: serving,
      formula,
    }
  }
  const asked = Math.max(1, Math.ceil(round(serving * ratio)))
  const wanted = ratio > 1 ? unhide(context, asked, serving) : asked
  return {
    wanted,
    to: wanted,
    rule: 'target',
    reason: `${capital(seen)}, ${goal}.`,
    formula: wanted === asked ? formula : `${formula}; saturated, so at least double: ${wanted}`,
  }
}

/** A full CPU hides the demand behind it: doubling finds the size in few steps. */
function unhide(context: Context, asked: number, serving: number): number {
  const saturated = (context.measure.value ?? 0) >= SATURATED && context.policy.stat === 'cpu'
  return saturated ? Math.max(asked, serving * 2) : asked
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

/** The empty beginning of every judgement. */
export function begin(size: number): Draft {
  return { wanted: size, to: size, rule: 'withinTolerance', reason: `Holding at ${size}.`, formula: '' }
}
