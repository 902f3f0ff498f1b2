import { duration, statName, statValue } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** Scale in only when the whole longer window was calm, a few members at a time, and the smaller pool would still sit under target. */
export const quiet: JudgeRule = (context, draft) => {
  const { measure, policy } = context
  const size = measure.size
  if (draft.rule !== 'target' || draft.to >= size) return draft
  const calm = measure.calmValue
  if (calm === null || measure.value === null) {
    return hold(
      context,
      draft,
      'notQuietLongEnough',
      `Holding at ${size}: not yet quiet for ${duration(policy.scaleInWindowMs)}.`,
    )
  }
  const value = Math.max(calm, measure.value)
  const room = policy.target * (1 - policy.tolerance)
  const fits = Math.max(1, Math.ceil(Math.round(((size * value) / room) * 1e6) / 1e6))
  const to = Math.max(fits, size - policy.maxStepIn)
  if (to >= size) {
    return hold(
      context,
      draft,
      'notQuietLongEnough',
      `Holding at ${size}: with one member fewer ${statName(policy.stat)} would be ${statValue(policy.stat, (size * value) / Math.max(1, size - 1))}.`,
    )
  }
  return {
    ...draft,
    to,
    reason: `Quiet: ${statName(policy.stat)} ${statValue(policy.stat, value)} over ${duration(policy.scaleInWindowMs)}, ${to} would run at ${statValue(policy.stat, (size * value) / to)}.`,
    formula: `ceil(${size} × ${value.toFixed(2)} / ${room.toFixed(2)}) = ${fits}, at most ${policy.maxStepIn} at a time`,
  }
}
