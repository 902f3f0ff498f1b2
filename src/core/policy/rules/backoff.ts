import { duration, plural } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 10 * 60_000

/** After clones that failed, the next try waits, twice as long each time: a broken snapshot must not burn money in a loop. */
export const backoff: JudgeRule = (context, draft) => {
  const { size, memory, now } = context
  if (draft.to <= size || memory.lastFailureAt === null || memory.failures === 0) return draft
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (memory.failures - 1), LONGEST_WAIT_MS)
  const left = memory.lastFailureAt + wait - now
  if (left <= 0) return draft
  return hold(
    context,
    draft,
    'recentFailures',
    `Holding at ${size}: would go to ${draft.to}, but ${plural(memory.failures, 'clone')} failed in a row; next try in ${duration(left)}.`,
  )
}
