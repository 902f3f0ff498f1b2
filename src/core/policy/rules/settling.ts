import { hold, onTheWay, type JudgeRule } from '../rule.ts'

/** A member that has only just come in: its first figures are its own start. */
const SETTLE_MS = 5000

/** Nothing leaves while members are on their way or just in, and one that starts up alone asks for no company. */
export const settling: JudgeRule = (context, draft) => {
  const { size, reading } = context
  if (draft.rule !== 'target' || draft.to === size) return draft
  if (draft.to > size) {
    const alone = reading.serving.length > 0 && reading.serving.every((member) => member.ageMs < SETTLE_MS)
    if (!alone) return draft
    return hold(
      context,
      draft,
      'booting',
      `Holding at ${size}: the pool has only just come up, its first figures are its own start.`,
    )
  }
  if (reading.arriving.length > 0) {
    const text = `Holding at ${size}: ${onTheWay(reading.arriving.length)}, and nothing leaves meanwhile.`
    return hold(context, draft, 'booting', text)
  }
  if (reading.serving.some((member) => member.ageMs < SETTLE_MS)) {
    return hold(
      context,
      draft,
      'booting',
      `Holding at ${size}: the pool has just grown, the first figures since then decide.`,
    )
  }
  return draft
}
