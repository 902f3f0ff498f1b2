import { plural, statName, statValue } from '../../model/words.ts'
import type { StandIn } from '../load/stand-in.ts'
import { because, type JudgeRule } from '../rule.ts'

/** While a stat is not reported, the team's word for that counts: so many members, or, beside other goals, so many at least. */
export const fallback: JudgeRule = ({ stand, reading, size }, draft) => {
  if (stand.size === null) return draft
  const { members, exactly } = stand.size
  if (!exactly && draft.to >= members) return draft
  const until = `${missingWords(stand)}.`
  if (exactly && members < size && reading.arriving.length > 0)
    return { ...draft, to: size, rule: 'booting', reason: until }
  return {
    ...draft,
    to: members,
    wanted: members,
    rule: 'fallback',
    reason: exactly ? until : `${until} ${because(draft)}`,
  }
}

/** `Nobody reports queue_depth, so the pool keeps 3 members meanwhile`. */
export function missingWords({ missing, size }: Pick<StandIn, 'missing' | 'size'>): string {
  const names = missing.map(({ stat }) => statName(stat)).join(' and ')
  const parts = missing.flatMap(({ fallback: one }) =>
    one.kind === 'stat' ? [`goes by ${statName(one.stat)} (target ${statValue(one.stat, one.target)})`] : [],
  )
  if (size !== null) parts.push(`keeps ${size.exactly ? '' : 'at least '}${plural(size.members, 'member')}`)
  return `Nobody reports ${names}, so the pool ${[...new Set(parts)].join(' and ')} meanwhile`
}
