import { WAYS, type Goal } from '../../model/policy.ts'
import { STAT_NAME } from '../../model/sample.ts'
import { fallbackOf, fallbackText } from './fallback.ts'
import { bad, NONE, type PolicyField } from './field.ts'
import { targetOf, targetText } from './targets.ts'

const MOST = 8
/** What follows is what counts while the statistic is not reported. */
const ELSE = 'else='
const WANTED =
  'statistics as NAME:TARGET[:mean|p95|max|sum][:member|pool][:else=FALLBACK], e.g. memory:85%,queue_depth:100:sum:else=cpu, or none'

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

function goalOf(part: string, whole: string): Goal {
  const [stat = '', target, ...rest] = part.split(':').map((word) => word.trim())
  if (!STAT_NAME.test(stat) || target === undefined || target === '') throw bad('also', whole, WANTED)
  const how = WAYS.find((way) => rest.includes(way)) ?? 'mean'
  const across = rest.includes('pool') ? 'pool' : 'member'
  const otherwise = rest.find((word) => word.startsWith(ELSE))
  const known = rest.filter((word) => word === how || word === across || word === otherwise)
  if (known.length !== rest.length || new Set(rest).size !== rest.length) throw bad('also', whole, WANTED)
  const goal = { stat, target: targetOf(`also: ${stat}`, stat, target), how, across } as const
  if (otherwise === undefined) return goal
  const fallback = fallbackOf('also', otherwise.slice(ELSE.length), whole)
  return fallback.kind === 'hold' ? goal : { ...goal, fallback }
}

function goalText({ stat, target, how, across, fallback }: Goal): string {
  const words = [stat, targetText(stat, target)]
  if (how !== 'mean') words.push(how)
  if (across !== 'member') words.push(across)
  if (fallback !== undefined && fallback.kind !== 'hold') words.push(`${ELSE}${fallbackText(fallback)}`)
  return words.join(':')
}

function key({ stat, how, across }: Goal): string {
  return `${stat}:${how}:${across}`
}
