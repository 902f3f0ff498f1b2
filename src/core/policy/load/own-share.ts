import type { Goal } from '../../model/policy.ts'

/** Who weighs how much: `members` in all, of which `reporting` report. */
export interface Weights {
  readonly members: number
  readonly reporting: number
}

/** A goal's stat as one value, and how many members at target it asks for. */
export interface Asked {
  readonly value: number
  readonly demand: number
}

/** So many members more than the next highest one member's word may ask for: with what rounding adds, one. */
const MEMBERS = 0.5

/**
 * A goal over its members' values, of which none moves the pool by more than its own share: the highest asks for at most
 * half a member more than it would if it were as high as the next. What two members say is nobody's word alone. A pool of two
 * of which one is over its target keeps both, or it would go back and forth between one, whose word is all there is, and
 * two. `values`: at least one.
 */
export function ask(goal: Goal, values: readonly number[], weights: Weights): Asked {
  const raw = judge(goal, values, weights)
  if (values.length < 2) return raw
  const { value, demand } = judge(goal, ownShare(values, stepOf(goal, values.length, weights)), weights)
  return { value, demand: Math.max(demand, Math.min(raw.demand, 2)) }
}

/** The values, the highest at most `step` above the next; below zero, the lowest at most `step` below the next, or at zero. */
export function ownShare(values: readonly number[], step: number): readonly number[] {
  let [lowest, low, high, highest] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const value of values) {
    if (value >= highest) [high, highest] = [highest, value]
    else if (value > high) high = value
    if (value <= lowest) [low, lowest] = [lowest, value]
    else if (value < low) low = value
  }
  const most = high + step
  const least = low < 0 ? low - step : 0
  return values.map((value) => Math.min(most, Math.max(least, value)))
}

/** By how much one value has to move for the demand to move by that much. */
function stepOf({ how, across, target }: Goal, count: number, { members, reporting }: Weights): number {
  const part = target * MEMBERS
  if (across === 'pool') return how === 'mean' ? part * count : part
  if (how === 'sum') return (part * reporting) / members
  return how === 'mean' ? (part * count) / members : part / members
}

function judge(goal: Goal, values: readonly number[], { members, reporting }: Weights): Asked {
  const value = combine(goal, values)
  if (goal.across === 'pool') return { value, demand: value / goal.target }
  return { value, demand: (goal.how === 'sum' ? (value * members) / reporting : value * members) / goal.target }
}

function combine({ how }: Goal, values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + value, 0)
  if (how === 'sum') return total
  if (how === 'mean') return total / values.length
  const sorted = values.toSorted((a, b) => a - b)
  return how === 'max' ? sorted.at(-1)! : sorted[Math.ceil(sorted.length * 0.95) - 1]!
}
