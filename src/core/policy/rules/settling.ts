import { plural } from '../../model/words.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** Members on their way, or just in, are counted before more are asked for; nothing leaves meanwhile. */
export const settling: JudgeRule = (context, draft) => {
  const { measure } = context
  const arriving = measure.arriving.length
  if (draft.rule !== 'target') return draft
  if (arriving > 0 && draft.to <= measure.size) {
    return hold(
      context,
      draft,
      'booting',
      `Holding at ${measure.size}: ${plural(arriving, 'member')} still on the way in.`,
    )
  }
  if (measure.settling.length > 0 && draft.to !== measure.size) {
    return hold(
      context,
      draft,
      'booting',
      `Holding at ${measure.size}: the pool has just grown, the first figures since then decide.`,
    )
  }
  return draft
}
