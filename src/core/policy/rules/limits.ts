import type { JudgeRule } from '../rule.ts'

/** Min and max: no target and no pin passes them. */
export const limits: JudgeRule = (context, draft) => {
  const { policy, measure } = context
  if (draft.to > policy.max) {
    const how = measure.size > policy.max ? 'Back to' : measure.size === policy.max ? 'Holding at' : 'Limited to'
    const why = `${how} the maximum of ${policy.max}`
    return { ...draft, to: policy.max, rule: 'max', reason: `${why}; wanted ${draft.to}. ${draft.reason}` }
  }
  if (draft.to < policy.min) {
    return { ...draft, to: policy.min, rule: 'min', reason: `The minimum is ${policy.min}. ${draft.reason}` }
  }
  return draft
}
