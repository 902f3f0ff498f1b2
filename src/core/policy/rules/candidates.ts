import { hold, type JudgeRule } from '../rule.ts'

/** Only clones in service that nobody protects may leave; never the origin, nor the last one in service. */
export const candidates: JudgeRule = (context, draft) => {
  const { size, observation } = context
  const leaving = size - draft.to
  if (leaving <= 0) return draft
  const serving = observation.members.filter(({ phase }) => phase === 'inService')
  const free = serving.filter(({ removable }) => removable)
  const may = Math.min(free.length, serving.length - 1)
  if (may >= leaving) return draft
  if (may > 0) return { ...draft, to: size - may, reason: `${draft.reason} Only ${may} may leave.` }
  const why =
    free.length > 0
      ? `${free[0]!.id} is the only one in service`
      : 'every member left is the origin, protected or still on its way'
  return hold(context, draft, 'noCandidate', `Holding at ${size}: would go to ${draft.to}, but ${why}.`)
}
