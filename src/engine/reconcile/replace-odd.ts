import type { Standing } from '../../core/model/finding.ts'
import { inForce } from '../../core/model/member.ts'
import { oddityOf } from '../../core/policy/findings/words.ts'
import { roomOf } from '../../core/pool/capacity.ts'
import type { Session } from '../session.ts'
import { actsAlone, orderAnother } from '../../core/pool/replace.ts'

/** Another clone of the same kind may be as odd: one is replaced at a time, and the next no sooner than this, ms. */
const REST_MS = 30 * 60_000

/**
 * Where the policy has it so, a clone that is not like the others is replaced: another is made first, within all limits, and
 * it leaves once that one serves. Never the origin, nor a protected one, nor the only one that serves.
 */
export function replaceOdd(session: Session, standing: Readonly<Record<string, Standing>>): void {
  const state = session.state()
  const { pool, upkeep, members, protections, refresh, operations } = state
  if (pool.policy.replaceSick !== 'on' || !actsAlone(state, session.now)) return
  if (upkeep.replacing !== null || refresh?.stage === 'working' || session.now - upkeep.replacedAt < REST_MS) return
  const serving = members.filter((member) => member.phase === 'inService')
  const odd = serving.find(
    (member) =>
      member.role === 'clone' &&
      !inForce(protections[member.id] ?? null, session.now) &&
      !operations.some((one) => one.memberId === member.id && one.state.kind === 'running') &&
      oddityOf(standing, member.id) !== null,
  )
  if (odd === undefined || serving.length < 2 || roomOf(session).more < 1) return
  if (!orderAnother(session, odd, oddityOf(standing, odd.id)!, true)) return
  session.change({ upkeep: { ...session.state().upkeep, replacedAt: session.now } })
}
