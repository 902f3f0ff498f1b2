import type { Need, WitnessName } from '../../model/load.ts'
import { capital, duration, percent, statName, statValue } from '../../model/words.ts'
import { FULL } from '../load/witnesses.ts'
import { hold, onTheWay, type Context, type Draft, type JudgeRule } from '../rule.ts'

/** An order on top of one that is on its way has to be worth this share of the pool: figures settle while clones boot. */
const WORTH = 0.15
/** So large a part of the demand that no member shows is worth a word. */
const HIDDEN = 0.05
/** Pages slower than this are slow, s. */
const NOTICED_S = 0.5

/** As many members as the load asks for: now, by the time a clone could help, and with the headroom that has paid. */
export const target: JudgeRule = (context, draft) => {
  const { size, reading, load } = context
  const { need } = load
  if (need === null) {
    const who = reading.serving.length === 0 ? 'no member is in service yet' : whoDoesNotReport(context)
    return hold(context, draft, 'noData', `Holding at ${size}: ${who}, so nothing is known of the load.`)
  }
  const wanted = need.members
  const worded = { wanted, formula: formula(need, context) }
  const seen = words(need, context)
  const arriving = reading.arriving.length
  if (wanted > size) {
    if (arriving > 0 && reading.saturated && wanted < size * (1 + WORTH)) {
      const text = `Holding at ${size}: ${seen}, which asks for hardly more (${wanted}); ${onTheWay(arriving)}.`
      return { ...hold(context, draft, 'booting', text), ...worded }
    }
    return { ...worded, to: wanted, rule: 'target', reason: `${capital(seen)}.${sentences(why(need, context))}` }
  }
  if (need.keep < size) {
    const rest = carried(need, need.keep, context)
    return {
      ...worded,
      to: need.keep,
      rule: 'target',
      reason: `${opening(need)}: ${seen}; ${need.keep} would sit at ${rest}.`,
    }
  }
  if (arriving > 0) {
    return { ...hold(context, draft, 'booting', `Holding at ${size}: ${seen}; ${onTheWay(arriving)}.`), ...worded }
  }
  const text = `Holding at ${size}: ${seen}${setAside(need, context)}${kept(need, context)}.`
  return { ...hold(context, draft, 'withinTolerance', text), ...worded }
}

/** A CPU over its target is not quiet: what is little is what visitors ask of it. */
function opening({ stat, value, target: kept }: Need): string {
  return stat === 'cpu' && value > kept ? 'Visitors need fewer' : 'Quiet'
}

/** A full CPU that is not believed, and which witnesses speak against it; nothing where it is. */
function setAside(need: Need, context: Context): string {
  const against = contradictions(need, context)
  return against === null ? '' : `; ${against}`
}

/** `nobody waits for it: pressure 2 %`; null where the CPU is not full, or is believed to be too little. */
export function contradictions(need: Need, { reading }: Pick<Context, 'reading'>): string | null {
  if (need.stat !== 'cpu' || need.value < FULL || need.saturated) return null
  const against = reading.witnesses.filter(({ agrees }) => agrees === false).map(({ name, value }) => SAYS[name](value))
  return against.length === 0 ? null : `nobody waits for it: ${against.join(', ')}`
}

const SAYS: Readonly<Record<WitnessName, (value: number) => string>> = {
  pressure: (share) => `pressure ${percent(share)}`,
  runQueue: (tasks) => `run queue ${tenths(tasks)}`,
  // Only what is usual contradicts, however slow that is.
  latency: (seconds) => `pages take ${duration(seconds * 1000)}${seconds > NOTICED_S ? ', as usual' : ''}`,
  waiting: () => 'hardly any request is queued',
  requests: (cpus) => `requests account for ${percent(cpus)} of it`,
}

/** Why nothing is known: agents that speak of other things are not silent. */
function whoDoesNotReport({ reading, policy, now }: Context): string {
  const speaks = reading.serving.some(
    ({ lastSampleAt }) => lastSampleAt !== null && now - lastSampleAt <= policy.staleAfterMs,
  )
  return speaks ? `no member reports ${policy.stat}` : 'no agent reports'
}

/** The load as a clause: `CPU 93 %, target 80 %`. */
function words(need: Need, context: Context): string {
  const over = context.policy.also.length > 0 ? ' (of all goals, it asks for most)' : ''
  return `${statName(need.stat)} ${shown(need.stat, need.value)}, target ${shown(need.stat, need.target)}${over}`
}

/** The balancer's time is in seconds; what a team's own stats count is theirs to know. */
function shown(stat: string, value: number): string {
  return stat === 'p95' ? duration(value * 1000) : statValue(stat, value)
}

function sentences(parts: readonly string[]): string {
  return parts.map((part) => ` ${capital(part)}.`).join('')
}

/** Why more than the present load alone, in clauses. */
function why(need: Need, { policy }: Context): readonly string[] {
  const parts: string[] = []
  const fits = Math.ceil(need.demand / (1 + policy.tolerance) - 1e-6)
  if (need.saturated && need.hidden > HIDDEN * need.demand) {
    parts.push(`more is asked for than the members can show: about ${tenths(need.demand)} members’ work is coming in`)
  }
  if (need.limit === 'trend') {
    parts.push(`it is rising: by the time a clone can help (${duration(need.horizonMs)}) it asks for ${need.members}`)
  }
  if (need.limit === 'outlook' && need.members > fits) {
    parts.push(`headroom is kept for ${room(need)}: that has cost this pool least so far`)
  }
  if (need.limit === 'noise') parts.push('requests this few come in bursts, and bursts need headroom')
  if (need.limit === 'backlog') parts.push('what waits has to be worked off too')
  return parts
}

/** Why no fewer, though the present load alone would fit on fewer; nothing where it would not. */
function kept(need: Need, context: Context): string {
  const { reading, size, policy } = context
  if (size <= 1 || Math.ceil(need.demand - 1e-6) >= size) return ''
  if (need.members >= size)
    return why(need, context)
      .map((part) => `; ${part}`)
      .join('')
  if (Math.ceil(need.peak * need.spare - 1e-6) >= size) return `; headroom is kept for ${room(need)}`
  if (reading.silent.length > 0) return '; a silent member may be a busy one'
  const span = duration(policy.scaleInWindowMs)
    .replace(/^1 min$/, 'minute')
    .replace(/^1 h$/, 'hour')
  return `; the highest of the last ${span} would not fit on fewer`
}

/** What headroom is kept for. */
function room(need: Need): string {
  const spare = need.spare > 1 ? `${percent(need.spare - 1)} to spare` : ''
  if (need.base === 'now') return spare === '' ? 'what is to come' : `a rise, ${spare}`
  const then = need.base.startsWith('the last') ? `in ${need.base}` : need.base
  return `as much as came ${then}${spare === '' ? '' : `, with ${spare}`}`
}

function formula(need: Need, context: Context): string {
  const ceiling = round(1 + context.policy.tolerance)
  const size = need.members
  switch (need.limit) {
    case 'trend':
      return `ceil(${round(need.forecast)} in ${duration(need.horizonMs)} / ${ceiling}) = ${size}`
    case 'outlook':
      return `ceil(${round(need.peak)} × ${need.spare} / ${ceiling}) = ${size}`
    case 'backlog':
      return `ceil((${round(need.demand)} + what waits) / ${ceiling}) = ${size}`
    case 'noise':
      return `${round(need.demand)} and headroom for chance = ${size}`
    default:
      return `ceil(${round(need.demand)} / ${ceiling}) = ${size}`
  }
}

function carried(need: Need, members: number, { load, reading }: Context): string {
  const share = Math.max(need.demand, need.peak) / members
  if (need.stat !== 'cpu') return shown(need.stat, share * need.target)
  // What a member uses for itself stays, and visitors are counted by what that usually leaves of the target.
  const room = need.target - Math.min(load.usual.floor, need.target / 2)
  const sits = Math.min(1, share * room + (load.found.own?.own ?? reading.floor))
  return statValue('cpu', Math.max(need.value, sits))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

/** The empty beginning of every judgement. */
export function begin(size: number): Draft {
  return { wanted: size, to: size, rule: 'withinTolerance', reason: `Holding at ${size}.`, formula: '' }
}
