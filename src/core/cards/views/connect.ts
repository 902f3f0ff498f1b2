import type { Arrival, Onboarding, OnboardingStep } from '../../model/state.ts'
import type { PoolState } from '../../pool/state.ts'
import type { ConnectView } from '../../model/view.ts'
import { stepStory } from './episode.ts'

type Line = ConnectView['steps'][number]

/** After droplet and balancer, which are chosen on the connect page before there is a pool. */
const ORDER: readonly OnboardingStep[] = ['agent', 'snapshot', 'copying', 'ready']

/** What the agent's step waits for. */
const AWAITED: Readonly<Record<Arrival['stage'], string>> = {
  nothing: 'waiting for its first sample',
  fetched: 'the line was run; waiting for its agent',
  enrolled: 'its agent has come; waiting for its first sample',
}

/** The onboarding card: five steps, the present one's question, and progress while the snapshot runs. */
export function connectView(
  onboarding: Onboarding,
  state: PoolState | null,
  prompt: Pick<ConnectView, 'prompt' | 'choices' | 'line' | 'actions'>,
): ConnectView {
  const at = 2 + ORDER.indexOf(onboarding.step)
  const stateOf = (index: number): Line['state'] =>
    onboarding.failure !== null && index === at ? 'failed' : index < at ? 'done' : index === at ? 'doing' : 'todo'
  const operation = state?.operations.find((candidate) => candidate.id === onboarding.operationId)
  const copying = onboarding.step === 'copying'
  const ready = onboarding.step === 'ready'
  return {
    kind: 'connect',
    title: ready ? `Connected: ${onboarding.dropletName}` : 'Connect a droplet',
    steps: [
      { label: 'Choose the droplet', state: stateOf(0), detail: onboarding.dropletName, progress: null },
      {
        label: 'Choose the balancer',
        state: stateOf(1),
        detail: at > 1 ? (state?.pool.balancer ?? null) : null,
        progress: null,
      },
      {
        label: 'Install the agent',
        state: stateOf(2),
        detail: at > 2 ? 'its first sample arrived' : at === 2 ? AWAITED[onboarding.arrival?.stage ?? 'nothing'] : null,
        progress: null,
      },
      {
        label: 'Take a snapshot',
        state: copying ? (onboarding.failure === null ? 'doing' : 'failed') : stateOf(3),
        detail: copying && operation !== undefined ? stepStory(operation) : onboarding.failure,
        progress: copying ? (operation?.progress ?? null) : null,
      },
      {
        label: 'Ready',
        state: ready ? 'done' : 'todo',
        detail: ready ? 'the pool is being watched' : null,
        progress: null,
      },
    ],
    ...prompt,
  }
}
