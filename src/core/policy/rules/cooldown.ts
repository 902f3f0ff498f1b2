import { duration, remaining } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** Waits after a change before the next of the same kind; scale in also waits after a scale out. */
export const cooldown: JudgeRule = (context, draft) => {
  const { size, memory, policy, now } = context
  if (draft.rule !== 'target' || draft.to === size) return draft
  const out = draft.to > size
  const since = out ? memory.lastScaleOutAt : latest(memory.lastScaleInAt, memory.lastScaleOutAt)
  const left = since === null ? 0 : since + (out ? policy.scaleOutCooldownMs : policy.scaleInCooldownMs) - now
  if (left <= 0) return draft
  return hold(
    context,
    draft,
    'cooldown',
    `Holding at ${size}: would go to ${draft.to}, but the last change was ${duration(now - (since ?? now))} ago (cooldown, ${remaining(left)} left).`,
  )
}

function latest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
