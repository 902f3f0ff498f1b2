import { duration } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** Nothing leaves on partial evidence: a silent member may be the busiest one. */
export const silent: JudgeRule = (context, draft) => {
  const { measure, policy } = context
  if (draft.rule !== 'target' || draft.to >= measure.size || measure.silent.length === 0) return draft
  const names = measure.silent.map((member) => member.id).join(', ')
  return hold(
    context,
    draft,
    'silentMembers',
    `Holding at ${measure.size}: no sample from ${names} for over ${duration(policy.staleAfterMs)}, and nothing leaves on partial evidence.`,
  )
}
