import type { Fallback, Policy } from '../../model/policy.ts'
import { STAT_NAME } from '../../model/sample.ts'
import { unitOf } from '../../model/words.ts'
import { bad, type PolicyField } from './field.ts'
import { targetOf, targetText } from './targets.ts'

const LARGEST = 1000
/** Where a share of the droplet is kept unless another target is given. */
const USUAL = 0.8
const WANTED = 'hold, a number of members such as 3, or a statistic with its target such as cpu or queue_depth@100'

/** What the pool goes by while its scaling stat is not reported: `hold`, `3`, `cpu`, `queue_depth@100`. */
export const fallback: PolicyField = {
  name: 'fallback',
  meaning: 'what the pool goes by while nobody reports its statistic: hold, a number of members, or another statistic',
  example: 'fallback=cpu@70%',
  read: (policy) => fallbackText(policy.fallback),
  write: (policy, text) => ({ ...policy, fallback: fallbackOf('fallback', text, text) }),
}

/** `part` is what is read, `whole` what an error shows. */
export function fallbackOf(name: string, part: string, whole: string): Fallback {
  const text = part.trim()
  if (text.toLowerCase() === 'hold') return { kind: 'hold' }
  if (/^\d+$/.test(text)) {
    const members = Number(text)
    if (members < 1 || members > LARGEST) throw bad(name, whole, `${WANTED}; 1 to ${LARGEST} members`)
    return { kind: 'size', members }
  }
  const [stat = '', target, ...rest] = text.split('@')
  if (!STAT_NAME.test(stat) || rest.length > 0) throw bad(name, whole, WANTED)
  if (target === undefined && unitOf(stat) !== 'fraction')
    throw bad(name, whole, `a target with ${stat}, e.g. ${stat}@100`)
  return { kind: 'stat', stat, target: target === undefined ? USUAL : targetOf(name, stat, target) }
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
export function checkFallback({ stat, fallback: own, also }: Policy): void {
  for (const goal of [{ stat, fallback: own }, ...also]) {
    if (goal.fallback?.kind !== 'stat' || goal.fallback.stat !== goal.stat) continue
    throw bad('fallback', fallbackText(goal.fallback), `another statistic than ${goal.stat} itself`)
  }
}
