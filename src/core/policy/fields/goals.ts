import { WAYS, type Goal } from '../../model/policy.ts'
import { STAT_NAME } from '../../model/sample.ts'
import { checkFallback, fallbackOf, fallbackText } from './fallback.ts'
import { field, isNone, listOf, namedValues, NONE, Wrong } from './field.ts'
import { checkStat, checkTarget, targetOf, targetText } from './targets.ts'

const MOST = 8
const REACHES = ['member', 'pool'] as const
/** What follows is what counts while the statistic is not reported. */
const ELSE = 'else='
const WANTED =
  'statistics as NAME:TARGET[:mean|p95|max|sum][:member|pool][:else=FALLBACK], e.g. memory:85%,queue_depth:100:sum:else=cpu, or none'
const PLAIN = `a list of at most ${MOST} of {"stat", "target", "how", "across", "fallback"}`

/** More statistics to keep: `memory:85%,queue_depth:100:sum,search_ms:250:p95`. */
export const also = field({
  name: 'also',
  key: 'also',
  meaning: 'more statistics to keep at a target; whichever asks for most members wins',
  example: 'also=memory:85%,queue_depth:100:sum',
  text: (goals) => (goals.length === 0 ? NONE : goals.map(goalText).join(',')),
  parse: (text) => (isNone(text) ? [] : text.split(',').map((part) => goalOf(part.trim()))),
  check: (value) => {
    if (!Array.isArray(value)) throw new Wrong(WANTED, { plain: PLAIN })
    const goals = listOf(value, MOST, `at most ${MOST} statistics`).map((one, index) => checkGoal(one, `[${index}]`))
    const same = goals.find((goal, index) => goals.findIndex((other) => key(other) === key(goal)) < index)
    if (same === undefined) return goals
    throw new Wrong(`each statistic once, and ${same.stat} is there twice`)
  },
})

/** As it is typed, right or not. */
function goalOf(part: string): unknown {
  const [stat = '', target, ...rest] = part.split(':').map((word) => word.trim())
  if (!STAT_NAME.test(stat) || target === undefined || target === '') throw new Wrong(WANTED)
  const how = WAYS.find((way) => rest.includes(way)) ?? 'mean'
  const across = rest.includes('pool') ? 'pool' : 'member'
  const otherwise = rest.find((word) => word.startsWith(ELSE))
  const known = rest.filter((word) => word === how || word === across || word === otherwise)
  if (known.length !== rest.length || new Set(rest).size !== rest.length) throw new Wrong(WANTED)
  const goal = { stat, target: targetOf(stat, target), how, across }
  return otherwise === undefined ? goal : { ...goal, fallback: fallbackOf(otherwise.slice(ELSE.length)) }
}

function checkGoal(value: unknown, place: string): Goal {
  const named = namedValues(value, ['stat', 'target', 'how', 'across', 'fallback'], place, PLAIN)
  const stat = checkStat(named['stat'], `${place}.stat`)
  const target = checkTarget(stat, named['target'], { place: `${place}.target`, part: `also: ${stat}` })
  const { how: way = 'mean', across: reach = 'member', fallback: other } = named
  const how = WAYS.find((known) => known === way)
  const across = REACHES.find((known) => known === reach)
  if (how === undefined) throw new Wrong(`one of ${WAYS.join(', ')}`, { place: `${place}.how` })
  if (across === undefined) throw new Wrong('member or pool', { place: `${place}.across` })
  const goal = { stat, target, how, across }
  if (other === undefined && !Object.hasOwn(named, 'fallback')) return goal
  const fallback = checkFallback(other, `${place}.fallback`, 'also')
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
