import type { Operation } from '../../core/model/operation.ts'
import type { Onboarding } from '../../core/model/state.ts'
import { capital, duration } from '../../core/model/words.ts'
import { connectView } from '../../core/cards/views/connect.ts'
import { LIVE_RISK } from '../../core/cards/views/refresh.ts'
import type { Session } from '../session.ts'

/** Moves an onboarding on by what has been *seen*: the agent's first sample, the end of the snapshot. */
export async function onboard(session: Session, finished: readonly Operation[]): Promise<void> {
  const onboarding = session.state().onboarding
  if (onboarding === null) return
  if (onboarding.doneAt !== null || session.state().pool.phase !== 'connecting') return
  if (onboarding.step === 'agent') await awaitSample(session, onboarding)
  if (onboarding.step === 'copying') awaitCopy(session, onboarding, finished)
  tellOnboarding(session)
}

async function awaitSample(session: Session, onboarding: Onboarding): Promise<void> {
  const { pool, members } = session.state()
  const origin = members.find((member) => member.role === 'origin')
  if (origin === undefined) return
  const latest = await session.services.series.latest(pool.id, [origin.id])
  if ((latest[origin.id]?.at ?? 0) < onboarding.startedAt) return
  session.change({ onboarding: { ...onboarding, step: 'snapshot', line: null } })
}

function awaitCopy(session: Session, onboarding: Onboarding, finished: readonly Operation[]): void {
  const operation = finished.find((candidate) => candidate.id === onboarding.operationId)
  if (operation === undefined) return
  const { now } = session
  const { pool } = session.state()
  const actor = onboarding.channelActor
  if (operation.state.kind === 'done' && operation.snapshotId !== null) {
    const took = duration(operation.state.at - operation.startedAt)
    session.change({
      pool: { ...pool, phase: 'ready', snapshotId: operation.snapshotId },
      onboarding: { ...onboarding, step: 'ready', failure: null, doneAt: now },
    })
    session.journal({
      at: now,
      actor,
      what: `Connected ${pool.name}`,
      outcome: `snapshot taken in ${took}`,
      tone: 'good',
    })
    return
  }
  const reason = operation.failure ?? 'the snapshot did not complete'
  const failure = operation.state.kind === 'done' ? `${reason}. The droplet is back on` : reason
  session.change({ onboarding: { ...onboarding, step: 'snapshot', failure, operationId: null } })
  session.journal({ at: now, actor, what: `Snapshot of ${pool.name}`, outcome: failure, tone: 'bad' })
}

/** The card of an onboarding, from its first question on. */
export function connectCard(onboardingId: string): string {
  return `connect:${onboardingId}`
}

/** Puts the onboarding's card as it stands. */
export function tellOnboarding(session: Session): void {
  const state = session.state()
  const { onboarding } = state
  if (onboarding === null) return
  const view = connectView(onboarding, state, prompt(onboarding))
  session.tell(connectCard(onboarding.id), view)
}

type Prompt = Parameters<typeof connectView>[2]

function prompt(onboarding: Onboarding): Prompt {
  const none: Prompt = { prompt: null, choices: [], line: null, actions: [] }
  switch (onboarding.step) {
    case 'copying':
      return none
    case 'agent':
      return {
        ...none,
        prompt: 'Run this line on the droplet; I continue when its first sample arrives.',
        line: onboarding.line,
      }
    case 'snapshot':
      return {
        ...none,
        prompt:
          onboarding.failure === null
            ? `Clones are made from a snapshot. To take a clean one the droplet is shut down, copied and started again: the site is down for that long. Or take it live. ${LIVE_RISK}`
            : `${capital(onboarding.failure)}; you can try again.`,
        actions: [
          {
            action: 'run:/spinup connect snapshot',
            label: onboarding.failure === null ? 'Shut down and take the snapshot' : 'Try again',
            style: 'primary',
          },
          { action: 'run:/spinup connect snapshot live', label: 'Take it live', style: 'plain' },
        ],
      }
    case 'ready':
      return {
        ...none,
        prompt: 'From now on I watch it. Try these:',
        actions: [
          { action: 'run:/spinup status', label: 'Status', style: 'primary' },
          { action: 'run:/spinup policy', label: 'Policy', style: 'plain' },
        ],
      }
  }
}
