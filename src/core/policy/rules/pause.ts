import { remaining } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** A pause stops every change. */
export const pause: JudgeRule = (context, draft) => {
  const paused = context.observation.pause
  if (paused === null || (paused.expiresAt !== null && paused.expiresAt <= context.now)) return draft
  const left = paused.expiresAt === null ? 'until resumed' : `${remaining(paused.expiresAt - context.now)} left`
  return hold(context, draft, 'pause', `Paused by ${paused.owner}, ${left}. Would be at ${draft.to}.`)
}
