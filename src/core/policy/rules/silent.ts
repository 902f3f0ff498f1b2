import { duration, plural, statName } from '../../model/words.ts'
import { goals } from '../load/reading.ts'
import { hold, type JudgeRule } from '../rule.ts'

/** A member that is not seen may be the busiest one, or about to come back: so long nothing leaves at all. */
const GRACE_MS = 10 * 60_000
/** With more than this share of the members silent, the rest do not speak for them. */
const QUORUM = 2 / 3
/** More names than this are only counted. */
const NAMED = 4

/**
 * Nothing leaves on partial evidence. Members that stay silent for long are counted as busier than the busiest from then on, so that one
 * broken agent does not keep a whole pool forever.
 */
export const silent: JudgeRule = (context, draft) => {
  const { size, reading, load, policy, now } = context
  if (draft.rule === 'target' && draft.to < size && reading.lost.length > 0) {
    const names = reading.lost.join(', ')
    return hold(
      context,
      draft,
      'noData',
      `Holding at ${size}: nobody reports ${names}, and nothing leaves while that is unknown.`,
    )
  }
  if (draft.rule !== 'target' || draft.to >= size || reading.silent.length === 0) return draft
  const latest = Math.max(...reading.silent.map(({ id }) => load.silentSince[id] ?? now))
  const many = reading.silent.length > reading.serving.length * QUORUM
  if (!many && now - latest >= GRACE_MS) {
    const one = reading.silent.length === 1
    const who = one ? `${reading.silent[0]!.id} is` : `${plural(reading.silent.length, 'member')} are`
    return { ...draft, reason: `${draft.reason} ${who} silent for long, and counted as busier than the busiest.` }
  }
  const ids = reading.silent.map((member) => member.id)
  const names = ids.length <= NAMED ? ids.join(', ') : `${plural(ids.length, 'member')} (${ids[0]!}, …)`
  // Agents that speak, though not of what the policy goes by, are not at fault.
  const speak = reading.silent.every(({ stats, lastSampleAt }) => {
    return stats !== null && lastSampleAt !== null && now - lastSampleAt <= policy.staleAfterMs
  })
  const stats = [...new Set(goals(policy).map(({ stat }) => statName(stat)))].join(' or ')
  const what = speak ? `no ${stats} from ${names}` : `no sample from ${names} for over ${duration(policy.staleAfterMs)}`
  const text = `Holding at ${size}: ${what}, and nothing leaves on partial evidence.`
  return hold(context, draft, 'silentMembers', text)
}
