import type { Memory } from '../../model/decision.ts'
import { plural, remaining } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 10 * 60_000

/** How long the next try still waits, ms; at most 0: not at all. */
export function backoffLeft(memory: Memory, now: number): number {
  if (memory.lastFailureAt === null || memory.failures === 0) return 0
  return memory.lastFailureAt + Math.min(FIRST_WAIT_MS * 2 ** (memory.failures - 1), LONGEST_WAIT_MS) - now
}

/** After clones that failed, the next try waits, twice as long each time: a broken snapshot must not burn money in a loop. */
export const backoff: JudgeRule = (context, draft) => {
  const { size, memory, now } = context
  const left = backoffLeft(memory, now)
  if (draft.to <= size || left <= 0) return draft
  return hold(
    context,
    draft,
    'recentFailures',
    `Holding at ${size}: would go to ${draft.to}, but ${plural(memory.failures, 'clone')} failed in a row; next try in ${remaining(left)}.`,
  )
}
