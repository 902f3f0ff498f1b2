import { because, type JudgeRule } from '../rule.ts'

/** Min and max, as the calendar has them now: no target and no pin passes them. */
export const limits: JudgeRule = (context, draft) => {
  const { policy, size, observation } = context
  const windows = observation.windows ?? []
  const most = Math.max(policy.max, ...windows.map((window) => window.max ?? 0))
  // The team's own droplet is there, and paid for, also while it serves nobody.
  const away = observation.members.some((member) => member.origin && member.phase === 'failed')
  const max = Math.max(0, most - (away ? 1 : 0))
  const min = Math.min(max, Math.max(policy.min, ...windows.map((window) => window.min ?? 0)))
  if (draft.to > max) {
    const how = size > max ? 'Back to' : size === max ? 'Holding at' : 'Limited to'
    return {
      ...draft,
      to: max,
      rule: 'max',
      reason: `${how} the maximum of ${most}${away ? ', your own droplet included' : ''}; wanted ${draft.to}. ${because(draft)}`,
    }
  }
  if (draft.to >= min) return draft
  // One that asks for more than max still has the say, as far as max goes.
  const window = windows.find((open) => (open.min ?? 0) >= min)
  if (window !== undefined && min > policy.min) {
    return {
      ...draft,
      to: min,
      rule: 'calendar',
      reason: `${window.name} keeps at least ${min} now. ${because(draft)}`,
    }
  }
  return { ...draft, to: min, rule: 'min', reason: `The minimum is ${min}. ${because(draft)}` }
}
