import { WAYS, type Goal } from '../../model/policy.ts'
import { STAT_NAME } from '../../model/sample.ts'
import { unitOf } from '../../model/words.ts'
import { bad, fraction, NONE, numberOf, type PolicyField } from './field.ts'

const MOST = 8
const WANTED =
  'statistics as NAME:TARGET[:mean|p95|max|sum][:member|pool], e.g. memory:85%,queue_depth:100:sum, or none'

/** More statistics to keep: `memory:85%,queue_depth:100:sum,search_ms:250:p95`. */
export const also: PolicyField = {
  name: 'also',
  meaning: 'more statistics to keep at a target; whichever asks for most members wins',
  example: 'also=memory:85%,queue_depth:100:sum',
  read: (policy) => (policy.also.length === 0 ? NONE : policy.also.map((goal) => goalText(goal)).join(',')),
  write: (policy, text) => {
    if (text.trim().toLowerCase() === NONE) return { ...policy, also: [] }
    const goals = text.split(',').map((part) => goalOf(part.trim(), text))
    if (goals.length > MOST) throw bad('also', text, `at most ${MOST} statistics`)
    const same = goals.find((goal, index) => goals.findIndex((other) => key(other) === key(goal)) < index)
    if (same !== undefined) throw bad('also', text, `each statistic once, and ${same.stat} is there twice`)
    return { ...policy, also: goals }
  },
}

/** The value to keep a statistic at: a share of the droplet, or a number in its own unit. */
export function targetOf(name: string, stat: string, text: string): number {
  if (unitOf(stat) === 'fraction') return fraction(name, text, 0.05, 0.99)
  const value = numberOf(text)
  if (value === null || !Number.isFinite(value) || value <= 0) throw bad(name, text, 'a number above zero')
  return value
}

function goalOf(part: string, whole: string): Goal {
  const [stat = '', target, ...rest] = part.split(':').map((word) => word.trim())
  if (!STAT_NAME.test(stat) || target === undefined || target === '') throw bad('also', whole, WANTED)
  const how = WAYS.find((way) => rest.includes(way)) ?? 'mean'
  const across = rest.includes('pool') ? 'pool' : 'member'
  const known = rest.filter((word) => word === how || word === across)
  if (known.length !== rest.length || new Set(rest).size !== rest.length) throw bad('also', whole, WANTED)
  return { stat, target: targetOf(`also: ${stat}`, stat, target), how, across }
}

function goalText({ stat, target, how, across }: Goal): string {
  const value = unitOf(stat) === 'fraction' ? `${Math.round(target * 1000) / 10}%` : String(target)
  return [stat, value, ...(how === 'mean' ? [] : [how]), ...(across === 'member' ? [] : [across])].join(':')
}

function key({ stat, how, across }: Goal): string {
  return `${stat}:${how}:${across}`
}
