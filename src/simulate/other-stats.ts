import type { Stretch } from '../core/model/history.ts'
import type { Goal, Policy } from '../core/model/policy.ts'
import { demandOf, pointsOf, type History } from './history.ts'

/** What is on record of the stats beside CPU that policies scale by. */
export type Recordings = Readonly<Record<string, readonly Stretch[]>>

/** Of one stat; undefined: nothing is on record. A team may report a stat called `constructor`, which every object has. */
export function recorded(recordings: Recordings, stat: string): readonly Stretch[] | undefined {
  return Object.hasOwn(recordings, stat) ? recordings[stat] : undefined
}

/** What one member's agent reports of them at an instant (epoch seconds), where so many serve. */
export type Shown = (at: number, serving: number) => Readonly<Record<string, number>>

/** All that a policy keeps. */
export function goalsOf({ stat, target, how, across, also }: Policy): readonly Goal[] {
  return [{ stat, target, how, across }, ...also]
}

/**
 * What members show of the recorded stats under a policy: what all showed together, in equal parts. Where the policy says
 * that each member's figure is of the whole pool, as the length of a queue that they share is, each shows it whole.
 */
export function shownUnder(policy: Policy, recordings: Recordings, span: Pick<History, 'fromAt' | 'toAt'>): Shown {
  const curves = goalsOf(policy).flatMap((goal) => {
    const stretches = recorded(recordings, goal.stat)
    return stretches === undefined
      ? []
      : [{ stat: goal.stat, whole: isWhole(goal), at: curveOf(goal, stretches, span) }]
  })
  return (at, serving) =>
    Object.fromEntries(curves.map((curve) => [curve.stat, curve.at(at) / (curve.whole ? 1 : Math.max(1, serving))]))
}

/** Members at target that a policy's first goal asks for at an instant (epoch seconds); null: it is CPU. */
export function askedBy(
  policy: Policy,
  recordings: Recordings,
  span: Pick<History, 'fromAt' | 'toAt'>,
): ((at: number) => number) | null {
  const goal = goalsOf(policy)[0]!
  const stretches = recorded(recordings, goal.stat)
  if (stretches === undefined) return null
  const curve = curveOf(goal, stretches, span)
  return (at) => curve(at) / goal.target
}

function isWhole({ across, how }: Goal): boolean {
  return across === 'pool' && how !== 'sum'
}

function curveOf(
  goal: Goal,
  stretches: readonly Stretch[],
  span: Pick<History, 'fromAt' | 'toAt'>,
): (at: number) => number {
  const points = pointsOf(stretches, isWhole(goal) ? 'mean' : 'total')
  const { startsAt, rate } = demandOf({ ...span, points }, 1)
  return (at) => rate(Math.max(0, at - startsAt))
}
