import type { Asker } from '../../core/model/platforms.ts'
import type { PolicyView, View } from '../../core/model/view.ts'
import { openApproval } from '../../core/pool/approvals.ts'
import { answeredAlready, decideProposal, type Verdict } from '../../core/pool/verdict.ts'
import type { Services } from '../services.ts'
import { stillBusy, withPool, type Session } from '../session.ts'
import { tellOutcome } from '../../core/cards/narration.ts'
import { policyView } from '../../core/cards/views/policy.ts'
import { POLICY_FIELDS } from '../../core/policy/fields.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { Actor } from '../../core/model/pool.ts'
import { checkWindow } from './calendar.ts'

/** Answers a proposal. Throws `unavailable` when the pool stays busy, and `notFound` for one that is not known. */
export async function answerProposal(
  services: Services,
  poolId: string,
  verdict: Verdict,
  asker: Asker,
): Promise<readonly View[]> {
  // Many press at once, and only the first needs the lock: between two tries it is looked whether it is decided.
  for (let turn = 0; turn < TURNS; turn++) {
    const state = await services.store.load(poolId)
    const said = state === null ? null : answeredAlready(state, verdict, services.now())
    if (said !== null) return said
    const views = await withPool(services, poolId, TURN_MS, async (session) => {
      const open = openApproval(session.state())
      const answers = decideProposal(session, verdict, asker)
      if (open !== null) tellOutcome(session, open.id)
      return answers
    })
    if (views !== null) return views
  }
  throw stillBusy()
}

/** Together long enough for a tick in progress to end, or for the lock of a bot that died in one to expire. */
const TURNS = 40
const TURN_MS = 400

/** The policy as it is to be; throws `badInput`. */
export type ChangePolicy = (policy: Policy) => Policy

/** Changes some settings, all or none. */
export function setPolicy(session: Session, change: ChangePolicy, actor: Actor): readonly PolicyView[] {
  const before = session.state()
  const policy = change(before.pool.policy)
  policy.calendar.forEach(checkWindow)
  session.change({ pool: { ...before.pool, policy } })
  const after = session.state()
  const changed = POLICY_FIELDS.filter((field) => field.read(before.pool.policy) !== field.read(policy)).map(
    (field) => `${field.name}: ${field.read(before.pool.policy)} → ${field.read(policy)}`,
  )
  if (changed.length > 0) {
    session.journal({ at: session.now, actor, what: `Policy: ${changed.join(', ')}`, outcome: 'set', tone: 'info' })
  }
  return [policyView(after, changed)]
}
