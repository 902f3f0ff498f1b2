import { plural } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** So many clones failing in a row mean that the next will fail too. */
export const FAILURES_TO_STOP = 3

/** After that many failures nothing is created until a person has looked and says to try again. */
export const breaker: JudgeRule = (context, draft) => {
  const { size, memory } = context
  if (draft.to <= size || memory.stoppedAt === null) return draft
  const reason = `Holding at ${size}: would go to ${draft.to}, but ${plural(FAILURES_TO_STOP, 'clone')} failed in a row and creating is stopped until somebody says to try again (/spinup resume).`
  return hold(context, draft, 'breaker', reason)
}
