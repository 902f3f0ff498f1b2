import type { Operation } from '../../core/model/operation.ts'
import type { Arrival, Onboarding } from '../../core/model/state.ts'
import { capital, clause, duration } from '../../core/model/words.ts'
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
  const { services } = session
  const latest = await services.series.latest(pool.id, [origin.id])
  if ((latest[origin.id]?.at ?? 0) >= onboarding.startedAt) {
    const { arrival: _, ...rest } = onboarding
    session.change({ onboarding: { ...rest, step: 'snapshot', line: null } })
    return
  }
  const member = { poolId: pool.id, memberId: origin.id }
  const { stage, at, trouble } = await services.arrivals.read(member, onboarding.startedAt)
  const late = session.now - at >= PATIENCE_MS[stage]
  const { arrival: known = NOTHING_YET } = onboarding
  if (stage === known.stage && trouble === known.trouble && late === known.late) return
  session.change({ onboarding: { ...onboarding, arrival: { stage, trouble, late } } })
}

const NOTHING_YET: Arrival = { stage: 'nothing', trouble: null, late: false }
/** How long each stage takes where all is well, and somebody sits at the droplet; ms. */
const PATIENCE_MS: Readonly<Record<Arrival['stage'], number>> = { nothing: 180_000, fetched: 120_000, enrolled: 30_000 }

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
  const failure = operation.state.kind === 'done' ? `${clause(reason)}. The droplet is back on` : reason
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
  const view = connectView(onboarding, state, prompt(onboarding, session.services.publicUrl))
  session.tell(connectCard(onboarding.id), view)
}

type Prompt = Parameters<typeof connectView>[2]

function prompt(onboarding: Onboarding, url: string): Prompt {
  const none: Prompt = { prompt: null, choices: [], line: null, actions: [] }
  switch (onboarding.step) {
    case 'copying':
      return none
    case 'agent':
      return {
        ...none,
        prompt: `Run this line on the droplet; I continue when its first sample arrives.${help(onboarding.arrival, url)}`,
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

const LOG = '`journalctl -u spinup-agent -n 20` on the droplet says why'

/** What to look at when it does not; empty: nothing yet. */
function help(arrival: Arrival | undefined, url: string): string {
  if (arrival === undefined) return ''
  const { stage, trouble, late } = arrival
  if (trouble !== null) return ` The droplet says: ${trouble}`
  if (!late) return ''
  switch (stage) {
    case 'nothing':
      return ` Nothing has come from it yet. If the line was run: \`curl ${url}/healthz\` there says whether the droplet reaches me. “Could not resolve host” is DNS, “timed out” or “refused” the firewall or the wrong address, “certificate” the HTTPS before me.`
    case 'fetched':
      return ` The line was run, but its agent has not come to me since; ${LOG}.`
    case 'enrolled':
      return ` Its agent came to me once, but reports nothing; ${LOG}.`
  }
}
