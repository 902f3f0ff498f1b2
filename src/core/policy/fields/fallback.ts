import type { Fallback, Policy } from '../../model/policy.ts'
import { SpinupError } from '../../model/error.ts'
import { STAT_NAME } from '../../model/sample.ts'
import { unitOf } from '../../model/words.ts'
import { field, isWithin, namedValues, Wrong } from './field.ts'
import { checkStat, checkTarget, targetOf, targetText } from './targets.ts'

const LARGEST = 1000
/** Where a share of the droplet is kept unless another target is given. */
const USUAL = 0.8
const WANTED = 'hold, a number of members such as 3, or a statistic with its target such as cpu or queue_depth@100'
const PLAIN = '{"kind": "hold"}, {"kind": "size", "members"} or {"kind": "stat", "stat", "target"}'

/** What the pool goes by while its scaling stat is not reported: `hold`, `3`, `cpu`, `queue_depth@100`. */
export const fallback = field({
  name: 'fallback',
  key: 'fallback',
  meaning: 'what the pool goes by while nobody reports its statistic: hold, a number of members, or another statistic',
  example: 'fallback=cpu@70%',
  text: fallbackText,
  parse: fallbackOf,
  check: (value) => checkFallback(value),
})

/** As it is typed, right or not. */
export function fallbackOf(typed: string): unknown {
  const text = typed.trim()
  if (text.toLowerCase() === 'hold') return { kind: 'hold' }
  if (/^\d+$/.test(text)) return { kind: 'size', members: Number(text) }
  const [stat = '', target, ...rest] = text.split('@')
  if (!STAT_NAME.test(stat) || rest.length > 0) return undefined
  if (target === undefined && unitOf(stat) !== 'fraction') {
    throw new Wrong(`a target with ${stat}, e.g. ${stat}@100`)
  }
  return { kind: 'stat', stat, target: target === undefined ? USUAL : (targetOf(stat, target) ?? target) }
}

/** A fallback that fits; `place` says where in a greater value, and `name` what that is called. */
export function checkFallback(value: unknown, place = '', name = 'fallback'): Fallback {
  const { kind, members, stat, target } = namedFallback(value, place)
  if (kind === 'hold') return { kind }
  if (kind === 'size') {
    if (isWithin(members, 1, LARGEST) && Number.isInteger(members)) return { kind, members }
    throw new Wrong(`${WANTED}; 1 to ${LARGEST} members`, { place, plain: `${PLAIN}; 1 to ${LARGEST} members` })
  }
  if (kind !== 'stat') throw new Wrong(WANTED, { place, plain: PLAIN })
  const known = checkStat(stat, `${place}.stat`)
  return { kind, stat: known, target: checkTarget(known, target, { place: `${place}.target`, part: name }) }
}

function namedFallback(value: unknown, place: string): Readonly<Record<string, unknown>> {
  try {
    const { kind } = namedValues(value, ['kind', 'members', 'stat', 'target'], place, PLAIN)
    const own = kind === 'stat' ? ['stat', 'target'] : kind === 'size' ? ['members'] : []
    return namedValues(value, ['kind', ...own], place, PLAIN)
  } catch (error) {
    throw error instanceof Wrong ? new Wrong(WANTED, { place, plain: error.wanted }) : error
  }
}

export function fallbackText(fallback: Fallback): string {
  switch (fallback.kind) {
    case 'hold':
      return 'hold'
    case 'size':
      return String(fallback.members)
    case 'stat':
      return `${fallback.stat}@${targetText(fallback.stat, fallback.target)}`
  }
}

/** Refuses a stat that is to stand in for itself. */
export function checkStandIns({ stat, fallback: own, also }: Policy): void {
  for (const goal of [{ stat, fallback: own }, ...also]) {
    if (goal.fallback?.kind !== 'stat' || goal.fallback.stat !== goal.stat) continue
    const said = fallbackText(goal.fallback)
    throw new SpinupError(
      'badInput',
      `fallback=${said} is not understood: it takes another statistic than ${goal.stat} itself. Nothing was changed.`,
    )
  }
}
