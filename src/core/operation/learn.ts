import type { Operation, ScaleOutStep } from '../model/operation.ts'
import type { Episode } from '../model/state.ts'
import type { PoolState } from '../pool/state.ts'
import type { Refused } from '../model/upkeep.ts'
import { refusedAgain } from './refused.ts'
import { rememberOutcome } from '../policy/decide.ts'
import { FAILURES_TO_STOP } from '../policy/rules/breaker.ts'
import { stepWords } from '../cards/views/episode.ts'

type Learned = Pick<PoolState, 'memory' | 'upkeep'>

/**
 * What clones tell by coming in, by failing and by not being made; pure. A failure counts the moment it is known, while
 * what was made is still being taken away. Null: nothing new.
 */
export function learn(state: PoolState, finished: readonly Operation[], now: number): Learned | null {
  const { undoing } = state.upkeep
  const running = new Set(state.operations.filter((one) => one.state.kind === 'running').map((one) => one.id))
  const turned = state.operations.filter(
    ({ kind, id, failure }) => kind === 'scaleOut' && failure !== null && !undoing.includes(id),
  )
  const arrived = finished.filter(({ kind, state: { kind: ended } }) => kind === 'scaleOut' && ended === 'done')
  const still = [...undoing, ...turned.map(({ id }) => id)].filter((id) => running.has(id))
  const had = state.upkeep.refused !== null && state.operations.some((one) => shows(one, state.upkeep.refused!))
  if (turned.length === 0 && arrived.length === 0 && still.length === undoing.length && !had) return null
  let learned: Learned = { memory: state.memory, upkeep: { ...state.upkeep, undoing: still } }
  if (had) learned = { ...learned, upkeep: { ...learned.upkeep, refused: null } }
  for (const operation of turned) {
    const { state: ended, stepAt } = operation
    const at = Math.min(now, ended.kind === 'running' ? stepAt : ended.at)
    learned = neverMade(operation) ? refuse(state, learned, operation, at) : fail(learned, operation, at)
  }
  for (const { state: ended } of arrived) {
    const { memory, upkeep } = learned
    const after = rememberOutcome(memory, true, ended.kind === 'running' ? now : ended.at)
    learned = { memory: after, upkeep: after.stoppedAt === null ? { ...upkeep, failures: [] } : upkeep }
  }
  return learned
}

/** Whether an operation shows that droplets are made again. */
function shows({ kind, dropletId, startedAt }: Operation, refused: Refused): boolean {
  return kind === 'scaleOut' && dropletId !== null && startedAt > refused.at
}

function fail({ memory, upkeep }: Learned, operation: Operation, at: number): Learned {
  const { memberId, startedAt, failure } = operation
  const step = stepWords(failedStep(operation))
  const evidence = { memberId, startedAt, at, step, reason: failure ?? 'unknown' }
  return {
    memory: rememberOutcome(memory, false, at),
    upkeep: { ...upkeep, failures: [...upkeep.failures, evidence].slice(-FAILURES_TO_STOP) },
  }
}

/** Nothing was made and nothing broke: neither the breaker counts it, nor the limit of changes. */
function refuse({ episodes }: PoolState, { memory, upkeep }: Learned, operation: Operation, at: number): Learned {
  const { startedAt, failure, episodeId, memberId, forGood = false } = operation
  const cardId = episodes.find(({ id }) => id === episodeId)?.cardId ?? episodeId
  // Each try has another name, and is no other news.
  const said = (failure ?? 'unknown').replaceAll(` ${memberId}`, '')
  const no = { orderedAt: startedAt, said, forGood, cardId }
  return {
    memory: { ...memory, changes: memory.changes.filter((one) => one !== startedAt) },
    upkeep: { ...upkeep, refused: refusedAgain(upkeep.refused, no, at) },
  }
}

/** Whether an episode was one more try of what was refused before: reported once, it is no news. */
export function isRetry({ startedAt, outcomes }: Episode, refused: Refused | null): boolean {
  return refused !== null && startedAt > refused.since && Object.values(outcomes).every(({ ok }) => !ok)
}

/** Whether a scale out came to nothing because the provider made no droplet: no clone was there that could have failed. */
export function neverMade(operation: Operation): boolean {
  return (
    operation.kind === 'scaleOut' &&
    operation.failure !== null &&
    operation.dropletId === null &&
    failedStep(operation) === 'create'
  )
}

const ORDER: readonly ScaleOutStep[] = ['create', 'boot', 'report', 'health', 'join', 'serve']

/** Where a scale out that was undone got stuck: the first of its steps that never ended. */
function failedStep(operation: Operation): ScaleOutStep {
  return ORDER.find((step) => operation.done[step] === undefined) ?? 'serve'
}
