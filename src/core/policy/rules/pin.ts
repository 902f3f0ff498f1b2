import { plural, remaining } from '../../model/words.ts'
import type { JudgeRule } from '../rule.ts'

/** A pin holds the count, whatever the load. */
export const pin: JudgeRule = (context, draft) => {
  const held = context.observation.pin
  if (held === null || held.expiresAt <= context.now) return draft
  const left = remaining(held.expiresAt - context.now)
  return {
    ...draft,
    to: held.count,
    rule: 'pin',
    reason: `Pinned at ${plural(held.count, 'member')} by ${held.owner}, ${left} left.`,
  }
}
