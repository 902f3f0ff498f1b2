import type { JudgeRule } from '../rule.ts'
import { candidates } from './candidates.ts'
import { fallback } from './fallback.ts'
import { limits } from './limits.ts'

/** A member that has to stay whatever the load is never said to leave once it has been quiet for long enough. */
export const stays: JudgeRule = (context, draft) => {
  const { size } = context
  if (draft.rule !== 'target' || draft.to >= size) return draft
  const bound = candidates(context, limits(context, fallback(context, draft)))
  return bound.to >= size ? bound : { ...draft, to: bound.to }
}
