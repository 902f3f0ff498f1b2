import { hold, type JudgeRule } from '../rule.ts'

/** Only clones in service that nobody protects may leave; never the origin. */
export const candidates: JudgeRule = (context, draft) => {
  const { size, observation } = context
  const leaving = size - draft.to
  if (leaving <= 0) return draft
  const removable = observation.members.filter((member) => member.removable).length
  if (removable >= leaving) return draft
  if (removable > 0) return { ...draft, to: size - removable, reason: `${draft.reason} Only ${removable} may leave.` }
  return hold(
    context,
    draft,
    'noCandidate',
    `Holding at ${size}: would go to ${draft.to}, but every member left is the origin, protected or still on its way.`,
  )
}
