import { duration, plural } from '../../model/words.ts'
import { idleMs } from '../need.ts'
import { hold, type Context, type JudgeRule } from '../rule.ts'

/** At most this share of the pool leaves in one decision. */
const HALF = 0.5

/** Scale in slowly: only members that have not been needed for a while, and only once keeping them has cost something. */
export const quiet: JudgeRule = (context, draft) => {
  const { size, policy, reading, load } = context
  if (draft.rule !== 'target' || draft.to >= size) return draft
  if (reading.saturated) {
    return hold(context, draft, 'notQuietLongEnough', `Holding at ${size}: members are at their limit just now.`)
  }
  const count = size - draft.to
  const idled = idle(context, draft.to) * count
  const left = (idleMs(policy, load.need?.horizonMs ?? 0) - idled) / count / count
  if (left > 0) {
    const text = `Holding at ${size}: ${plural(count, 'member')} could go, if it stays this quiet for ${duration(left)} more.`
    return hold(context, draft, 'notQuietLongEnough', text)
  }
  const to = Math.max(draft.to, size - policy.maxStepIn, Math.ceil(size * HALF))
  return {
    ...draft,
    to,
    reason: to === draft.to ? draft.reason : `${draft.reason} At most ${size - to} leave at a time.`,
  }
}

/** How long the members beyond `to` have been idle, together, ms. */
function idle({ load, size, now }: Context, to: number): number {
  let sum = 0
  for (let index = to; index < size; index++) sum += now - (load.neededAt[index] ?? now)
  return sum
}
