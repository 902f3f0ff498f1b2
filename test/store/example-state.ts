import { EMPTY_MEMORY, type Decision } from '../../src/core/model/decision.ts'
import type { Member } from '../../src/core/model/member.ts'
import { DEFAULT_POLICY } from '../../src/core/model/policy.ts'
import type { Refresh } from '../../src/core/model/refresh.ts'
import { PLAIN_POOL, type Actor, type Pool } from '../../src/core/model/pool.ts'
import type { Alarm, Approval, Episode } from '../../src/core/model/state.ts'
import type { PoolState, StateChange } from '../../src/core/pool/state.ts'
import { begin } from '../../src/core/operation/next.ts'
import { EMPTY_UPKEEP } from '../../src/core/model/upkeep.ts'

export const T = 1_790_000_000_000
export const ada: Actor = { id: 'console:ada', name: 'Ada', platform: 'console' }

export const examplePool = (changes: Partial<Pool> = {}): Pool => ({
  id: 'web',
  name: 'web',
  phase: 'ready',
  ...PLAIN_POOL,
  provider: 'yard',
  balancer: 'door',
  originDropletId: 'd1',
  snapshotId: 'golden',
  policy: DEFAULT_POLICY,
  createdAt: T,
  dollarsPerHour: 0.006,
  bootMs: 1000,
  healthPath: '/health',
  ...changes,
})

export const exampleMember = (id: string, changes: Partial<Member> = {}): Member => ({
  id,
  poolId: 'web',
  role: id === 'web-1' ? 'origin' : 'clone',
  phase: 'inService',
  phaseAt: T,
  createdAt: T + Number(id.split('-')[1]),
  dropletId: `d${id.split('-')[1]}`,
  url: `http://10.0.0.${id.split('-')[1]}:80`,
  operationId: null,
  failure: null,
  ...changes,
})

export const exampleDecision = (changes: Partial<Decision> = {}): Decision => ({
  id: 'decision-1',
  poolId: 'web',
  at: T,
  kind: 'scaleOut',
  from: 1,
  to: 3,
  wanted: 3,
  rule: 'target',
  reason: 'CPU is “93 %” over 10 s – 60 % is wanted. 🔥',
  formula: 'ceil(1 × 0.93 / 0.60) = 3',
  inputs: [{ name: 'cpu', value: 0.93, unit: 'fraction' }],
  ...changes,
})

export const exampleApproval = (id: string, changes: Partial<Approval> = {}): Approval => ({
  id,
  decision: exampleDecision(),
  state: 'open',
  openedAt: T,
  deadlineAt: T + 600_000,
  onExpiry: 'act',
  by: null,
  decidedAt: null,
  note: null,
  ...changes,
})

export const exampleEpisode = (id: string, changes: Partial<Episode> = {}): Episode => ({
  id,
  direction: 'out',
  from: 1,
  to: 3,
  reason: 'busy',
  startedAt: T,
  endedAt: null,
  actor: ada,
  operationIds: ['op-1', 'op-2'],
  outcomes: {},
  ...changes,
})

export const exampleAlarm = (id: string): Alarm => ({
  id,
  tone: 'warn',
  title: 'web-2 is silent',
  text: 'No sample.',
  fix: null,
  since: T,
})

export const exampleOperation = (id: string, memberId = 'web-2') =>
  begin({ id, poolId: 'web', kind: 'scaleOut', memberId, episodeId: 'e1', actor: ada, now: T, snapshotId: 'golden' })

export const exampleRefresh = (changes: Partial<Refresh> = {}): Refresh => ({
  id: 'r1',
  actor: ada,
  live: false,
  startedAt: T,
  endedAt: null,
  step: 'snapshot',
  stage: 'working',
  stopping: false,
  oldSnapshotId: 'golden',
  snapshotId: null,
  operationId: 'op-1',
  cover: null,
  owed: 0,
  moves: [],
  waiting: null,
  failure: null,
  ...changes,
})

/** A state with something in every place. */
export const fullState = (): PoolState => ({
  pool: examplePool(),
  members: [exampleMember('web-1'), exampleMember('web-2'), exampleMember('web-10', { phase: 'creating' })],
  operations: [exampleOperation('op-1'), exampleOperation('op-2', 'web-10')],
  approvals: [exampleApproval('a1'), exampleApproval('a2', { state: 'denied', by: ada, decidedAt: T, note: 'no' })],
  episodes: [exampleEpisode('e1')],
  alarms: [exampleAlarm('silent')],
  asked: [
    {
      id: 'q1',
      actor: { id: 'token:deploy', name: 'token deploy', platform: 'token' },
      line: 'scale 3',
      request: { kind: 'scale', count: 3 },
      state: 'expired',
      askedAt: T - 7_200_000,
      deadlineAt: T - 6_600_000,
      by: null,
      decidedAt: T - 6_600_000,
    },
  ],
  protections: { 'web-2': { owner: ada, reason: 'debugging', at: T, expiresAt: null } },
  pin: { count: 3, owner: ada, reason: 'launch', at: T, expiresAt: T + 1000 },
  pause: { owner: ada, reason: '', at: T, expiresAt: null },
  memory: { ...EMPTY_MEMORY, lastScaleOutAt: T, failures: 2, lastFailureAt: T },
  decision: exampleDecision(),
  onboarding: {
    id: 'o1',
    step: 'ready',
    channelActor: ada,
    startedAt: T,
    dropletName: 'web',
    line: null,
    operationId: null,
    failure: null,
    doneAt: T,
  },
  upkeep: { ...EMPTY_UPKEEP, comparedAt: T, extra: { month: '2026-09', dollars: 0.5 } },
  refresh: exampleRefresh(),
  lastTickAt: T + 5,
  unposted: { 'lapsed:Pin:1': { kind: 'answer', tone: 'info', title: 'Pin', text: '', fields: [], actions: [] } },
  changedAt: T - 4000,
  nextMember: 11,
})

/** Everything of a state as one change. */
export const wholeChange = (state: PoolState): StateChange => ({
  ...state,
  members: { put: state.members },
  operations: { put: state.operations },
  approvals: { put: state.approvals },
  episodes: { put: state.episodes },
  alarms: { put: state.alarms },
  asked: { put: state.asked },
})

/** Numbers in [0, 1) that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A change of anything, chosen by `random`; now and then it puts and removes the same document. */
export function randomChange(random: () => number): StateChange {
  const maybe = (share = 0.4): boolean => random() < share
  const some = <T>(all: readonly T[]): T[] => all.filter(() => maybe())
  const stamp = Math.floor(random() * 1e6)
  const ids = ['web-1', 'web-2', 'web-3', 'web-10', 'web-11']
  const change: Record<string, unknown> = {}
  const documents = <T>(name: string, known: readonly string[], make: (id: string) => T): void => {
    if (!maybe(0.7)) return
    change[name] = {
      ...(maybe(0.8) ? { put: some(known).map(make) } : {}),
      ...(maybe(0.6) ? { remove: some(known) } : {}),
    }
  }
  documents('members', ids, (id) => exampleMember(id, { phaseAt: stamp, createdAt: T + (stamp % 7) }))
  documents('operations', ['op-1', 'op-2', 'op-3'], (id) => ({ ...exampleOperation(id), attempt: stamp }))
  documents('approvals', ['a1', 'a2', 'a3'], (id) => exampleApproval(id, { note: String(stamp) }))
  documents('episodes', ['e1', 'e2'], (id) => exampleEpisode(id, { from: stamp }))
  documents('alarms', ['silent', 'balancer'], (id) => ({ ...exampleAlarm(id), since: stamp }))
  if (maybe()) {
    change['protections'] = Object.fromEntries(
      some(ids).map((id) => [id, maybe() ? null : { owner: ada, reason: String(stamp), at: stamp, expiresAt: null }]),
    )
  }
  if (maybe()) change['pool'] = examplePool({ name: `web${stamp}` })
  if (maybe()) change['pin'] = maybe() ? null : { count: stamp, owner: ada, reason: '', at: stamp, expiresAt: stamp }
  if (maybe()) change['pause'] = maybe() ? null : { owner: ada, reason: '', at: stamp, expiresAt: null }
  if (maybe()) change['memory'] = { ...EMPTY_MEMORY, failures: stamp }
  if (maybe()) change['decision'] = maybe() ? null : exampleDecision({ at: stamp })
  if (maybe()) change['upkeep'] = { ...EMPTY_UPKEEP, comparedAt: stamp }
  if (maybe()) change['refresh'] = maybe() ? null : exampleRefresh({ id: `r${stamp}` })
  if (maybe()) change['lastTickAt'] = stamp
  if (maybe()) change['unposted'] = maybe() ? null : {}
  if (maybe()) change['nextMember'] = stamp
  // Built by name above; each value is what its name stands for.
  return change as StateChange
}
