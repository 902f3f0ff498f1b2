import { plural, remaining } from '../../model/words.ts'
import { idleMs } from '../need.ts'
import { hold, type Context, type JudgeRule } from '../rule.ts'

/** At most this share of the pool leaves in one decision. */
const HALF = 0.5

/** Scale in slowly: only members that have not been needed for a while, and only once keeping them has cost something. */
export const quiet: JudgeRule = (context, draft) => {
  const { size, policy, reading, load } = context
  if (draft.rule !== 'target' || draft.to >= size) return draft
  if (reading.saturated) {
    return hold(context, draft, 'notQuietLongEnough', `Holding at ${size}: members are at their limit right now.`)
  }
  const asked = Math.ceil((reading.demand ?? 0) / (1 + policy.tolerance) - 1e-6)
  if (asked > draft.to) {
    const text = `Holding at ${size}: it was quieter, but now ${plural(asked, 'member')} ${asked === 1 ? 'is' : 'are'} asked for.`
    return hold(context, draft, 'notQuietLongEnough', text)
  }
  const wait = idleMs(policy, load.need?.horizonMs ?? 0)
  const lowest = Math.max(draft.to, Math.ceil(size * HALF))
  let soonest = Infinity
  for (let free = lowest; free < size; free++) {
    const left = (wait - idle(context, free)) / (size - free) ** 2
    if (left > 0) {
      soonest = Math.min(soonest, left)
      continue
    }
    const to = Math.max(free, size - policy.maxStepIn)
    // Some may not have idled long enough, and others would be too many at once.
    const more = to > draft.to ? ` For now ${to} stay.` : ''
    return { ...draft, to, reason: `${draft.reason}${more}` }
  }
  const text = `Holding at ${size}: ${plural(size - draft.to, 'member')} could go, if it stays this quiet for ${remaining(soonest)} more.`
  return hold(context, draft, 'notQuietLongEnough', text)
}

/** The member needed last has to have idled this share of what all of them have on average. */
const LATEST = 0.75

/** What the members beyond `to` have idled away: their time together, times their number, so that many go soon and a single one late. Ms. */
function idle({ load, size, now }: Context, to: number): number {
  let sum = 0
  let latest = 0
  for (let index = to; index < size; index++) {
    const at = load.neededAt[index] ?? now
    sum += now - at
    latest = Math.max(latest, at)
  }
  const count = size - to
  return Math.min(sum * count, ((now - latest) * count ** 2) / LATEST)
}
