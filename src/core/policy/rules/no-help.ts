import { noHelp as inVain, worthAgain } from '../findings/clones-help.ts'
import { findingWords } from '../findings/words.ts'
import { because, hold, type JudgeRule } from '../rule.ts'

/** Where clones that joined have not taken any CPU off the others, another would bring the same load of its own. */
export const noHelp: JudgeRule = (context, draft) => {
  const { size, load, now } = context
  if (draft.rule !== 'target' || draft.to <= size || load.need?.stat !== 'cpu') return draft
  const found = inVain(load.help)
  if (found === null || worthAgain(load.help, now)) return draft
  return hold(
    context,
    draft,
    'noHelp',
    `Holding at ${size}: would go to ${draft.to}. ${because(draft)} ${findingWords(found, false)}`,
  )
}
