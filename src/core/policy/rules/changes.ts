import { remaining } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

const HOUR_MS = 3_600_000

/** So many changes an hour and no more: whatever goes wrong, it goes wrong slowly. */
export const changes: JudgeRule = (context, draft) => {
  const { size, memory, policy, now } = context
  if (draft.to === size) return draft
  // Money that is not there does not wait for an hour to pass.
  if (draft.to < size && (draft.rule === 'costPerHour' || draft.rule === 'budget')) return draft
  const recent = memory.changes.filter((at) => at > now - HOUR_MS)
  if (recent.length < policy.maxChangesPerHour) return draft
  const left = recent[recent.length - policy.maxChangesPerHour]! + HOUR_MS - now
  return hold(
    context,
    draft,
    'changesPerHour',
    `Holding at ${size}: would go to ${draft.to}, but there were ${recent.length} changes within the hour; the next may be in ${remaining(left)}.`,
  )
}
