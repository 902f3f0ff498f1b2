import { SpinupError } from '../../core/model/error.ts'
import { counts } from '../../core/model/member.ts'
import type { Asker } from '../../core/model/place.ts'
import type { Actor } from '../../core/model/pool.ts'
import type { Request } from '../../core/model/request.ts'
import type { PoolState } from '../../core/pool/state.ts'
import type { View } from '../../core/model/view.ts'
import { guardApproval } from '../approvers.ts'
import { history } from '../audit-history.ts'
import { timeZoneAt } from '../notices/time-zone.ts'
import { poolsSeen } from '../pools-seen.ts'
import type { Services } from '../services.ts'
import { withPool, type Session } from '../session.ts'
import { answer } from './answer.ts'
import { answerProposal } from './approval.ts'
import { connect } from './connect.ts'
import { cost } from './cost.ts'
import { disconnect } from './disconnect.ts'
import { doctor } from './doctor.ts'
import { notify } from './notify.ts'
import { pause, protect, resume, unprotect } from './overrides.ts'
import { pin, unpin } from './pin.ts'
import { applyPolicy, policyView, setMode, setPolicy } from './policy.ts'
import { stats, status, why } from './read.ts'
import { refresh } from './refresh.ts'
import { resize } from './size.ts'
import { snooze } from './snooze.ts'
import { lastWeek } from './summary.ts'
import { undo } from './undo.ts'
import { adopt, findStranger, remove } from './upkeep.ts'
import { whatIf } from './whatif.ts'

/** Requests the registry answers by itself. */
export type Performable = Exclude<Request, { kind: 'help' }>

/** Long enough for a tick in progress to end, or for the lock of a bot that died in one to lapse. */
const LOCK_WAIT_MS = 6000

/**
 * Does what a person asked. Answers the views to show at once; what goes on (episodes, proposals) is told by its own
 * card. Throws `SpinupError` with a message fit for chat when it can't, and then nothing has changed.
 */
export async function perform(services: Services, request: Performable, asker: Asker): Promise<readonly View[]> {
  return services.audit.request(request, asker, () => performNow(services, request, asker))
}

async function performNow(services: Services, request: Performable, asker: Asker): Promise<readonly View[]> {
  const { actor } = asker
  const state = (await poolsSeen(services, asker.place.tenant))[0] ?? null
  const poolId = state?.pool.id ?? null
  if (state !== null) services.audit.about(state.pool)
  if (request.kind === 'doctor') return doctor(services, request.press, asker)
  if (request.kind === 'connect') return connect(services, poolId, request.choice, asker)
  const timeZone = state?.pool.policy.timeZone ?? 'UTC'
  if (request.kind === 'snooze') return snooze(services, request, asker, timeZone)
  if (request.kind === 'notify') return notify(services, request.choice, asker, timeZone)
  if (request.kind === 'history') return [await history(services, state?.pool ?? null, request, asker)]
  if (poolId === null || state === null) {
    if (request.kind === 'status') return [nothingYet()]
    throw new SpinupError('notFound', 'No droplet is connected yet. Type /spinup connect to begin.')
  }
  if (request.kind === 'disconnect') {
    if (request.confirm !== null) guardApproval(state, request, asker)
    return disconnect(services, poolId, request.confirm, actor)
  }
  switch (request.kind) {
    case 'status':
      return [await status(services, state)]
    case 'stats':
      return [await stats(services, state, request)]
    case 'why':
      return why(services, state, request.decision ?? null)
    case 'cost':
      return [cost(services, state)]
    case 'summary':
      return [await lastWeek(services, state)]
    case 'whatif':
      return whatIf(services, state, request)
    case 'policy':
      if (Object.keys(request.changes).length === 0) return [policyView(state, [])]
      break
    default:
  }
  if (state.pool.phase !== 'ready') {
    throw new SpinupError(
      'conflict',
      state.pool.phase === 'disconnecting'
        ? 'The pool is being disconnected; nothing was changed.'
        : 'The pool is not connected yet. Type /spinup connect to go on.',
    )
  }
  if (request.kind === 'approve') return answerProposal(services, poolId, { ...request, reason: '' }, asker)
  if (request.kind === 'deny') return answerProposal(services, poolId, request, asker)
  guardApproval(state, request, asker)
  const wanted = request.kind === 'adopt' ? request.droplet : request.kind === 'remove' ? request.name : null
  const stranger = wanted === null ? null : await findStranger(services, state, wanted)
  const clock = asker.timeZone ?? (await timeZoneAt(services, asker.place))
  const views = await withPool(services, poolId, LOCK_WAIT_MS, async (session) => {
    if (request.kind === 'adopt') return adopt(session, request.droplet, stranger, actor)
    if (request.kind === 'remove') return remove(session, request.name, stranger, actor)
    return act(session, request, actor, clock)
  })
  if (views === null) {
    throw new SpinupError('unavailable', 'The pool is busy just now; nothing was changed. Try again in a moment.')
  }
  return views
}

/** What a newcomer sees first. */
function nothingYet(): View {
  const connecting = { action: 'ask:connect', label: 'Connect a droplet', style: 'primary' } as const
  const text = 'Type /spinup connect to begin. It takes about five minutes, and nothing is changed before you say so.'
  return { ...answer('info', 'No droplet is connected yet', text, [connecting]), private: true }
}

function act(session: Session, request: Performable, actor: Actor, timeZone: string): readonly View[] {
  const size = sizeOf(session.state())
  switch (request.kind) {
    case 'up':
      return resize(session, size + request.count, actor)
    case 'down':
      return resize(session, size - request.count, actor)
    case 'scale':
      return resize(session, request.count, actor)
    case 'pin':
      return pin(session, { ...request, timeZone }, actor)
    case 'unpin':
      return unpin(session, actor)
    case 'undo':
      return undo(session, request.episode, timeZone, actor)
    case 'protect':
      return protect(session, request.member, request.forMs, request.reason, actor)
    case 'unprotect':
      return unprotect(session, request.member, actor)
    case 'pause':
      return pause(session, request.forMs, request.reason, actor)
    case 'resume':
      return resume(session, actor)
    case 'mode':
      return setMode(session, request.mode, actor)
    case 'policy':
      return request.onlyIf === undefined
        ? setPolicy(session, request.changes, actor)
        : applyPolicy(session, request.changes, request.onlyIf, actor)
    case 'refresh':
      return refresh(session, request.choice, actor)
    default:
      return []
  }
}

function sizeOf(state: PoolState): number {
  return state.members.filter((member) => counts(member)).length
}
