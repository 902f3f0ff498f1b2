import type { Need } from '../../model/load.ts'
import { capital, duration, percent, plural, statName, statValue } from '../../model/words.ts'
import { hold, type Context, type Draft, type JudgeRule } from '../rule.ts'

/** An order on top of one that is on its way has to be worth this share of the pool: figures settle while clones boot. */
const WORTH = 0.15

/** As many members as the load asks for: now, by the time a clone could help, and with the spare room that has paid. */
export const target: JudgeRule = (context, draft) => {
  const { size, reading, load } = context
  const { need } = load
  if (need === null) {
    const who = reading.serving.length === 0 ? 'no member is in service yet' : 'no agent reports'
    return hold(context, draft, 'noData', `Holding at ${size}: ${who}, so nothing is known of the load.`)
  }
  const wanted = need.members
  const worded = { wanted, formula: formula(need, context) }
  const seen = words(need, context)
  if (wanted > size) {
    const more = reading.arriving.length > 0 && reading.saturated && wanted < size * (1 + WORTH)
    if (more) {
      const text = `Holding at ${size}: ${plural(reading.arriving.length, 'member')} still on the way in, and ${seen} asks for hardly more (${wanted}).`
      return { ...hold(context, draft, 'booting', text), ...worded }
    }
    return { ...worded, to: wanted, rule: 'target', reason: `${capital(seen)}.${why(need, context)}` }
  }
  if (need.keep < size) {
    const rest = carried(need, need.keep)
    return { ...worded, to: need.keep, rule: 'target', reason: `Quiet: ${seen}; ${need.keep} would sit at ${rest}.` }
  }
  return { ...hold(context, draft, 'withinTolerance', `Holding at ${size}: ${seen}.`), ...worded }
}

/** The load as a clause: `CPU 93 %, target 80 %`. */
function words(need: Need, context: Context): string {
  const over = context.policy.also.length > 0 ? ' (the goal that asks for most)' : ''
  return `${statName(need.stat)} ${statValue(need.stat, need.value)}, target ${statValue(need.stat, need.target)}${over}`
}

/** Why more than the present load alone, in a sentence. */
function why(need: Need, context: Context): string {
  const parts: string[] = []
  const fits = Math.ceil(need.demand / (1 + context.policy.tolerance) - 1e-6)
  if (need.hidden > HIDDEN * need.demand) {
    parts.push(`More is asked for than the members can show: work for ${round(need.demand)} members is coming in`)
  }
  if (need.limit === 'trend') {
    parts.push(`It is rising, and in ${duration(need.horizonMs)}, when a clone could help, it asks for ${need.members}`)
  }
  if (need.limit === 'outlook' && need.members > fits) {
    const spare = need.spare > 1 ? ` with ${percent(need.spare - 1)} to spare` : ''
    parts.push(`Room is kept for ${need.base}${spare}: that has cost this pool least so far`)
  }
  if (need.limit === 'noise') parts.push('So few requests come in bursts, which need room')
  if (need.limit === 'backlog') parts.push('What waits has to be worked off too')
  return parts.map((part) => ` ${part}.`).join('')
}

const HIDDEN = 0.05

function formula(need: Need, context: Context): string {
  const ceiling = 1 + context.policy.tolerance
  const size = need.members
  switch (need.limit) {
    case 'trend':
      return `ceil(${round(need.forecast)} in ${duration(need.horizonMs)} / ${ceiling}) = ${size}`
    case 'outlook':
      return `ceil(${round(need.peak)} × ${need.spare} / ${ceiling}) = ${size}`
    case 'backlog':
      return `ceil((${round(need.demand)} + what waits) / ${ceiling}) = ${size}`
    case 'noise':
      return `${round(need.demand)} and room for chance = ${size}`
    default:
      return `ceil(${round(need.demand)} / ${ceiling}) = ${size}`
  }
}

function carried(need: Need, members: number): string {
  return statValue(need.stat, (Math.max(need.demand, need.peak) / members) * need.target)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** The empty beginning of every judgement. */
export function begin(size: number): Draft {
  return { wanted: size, to: size, rule: 'withinTolerance', reason: `Holding at ${size}.`, formula: '' }
}
