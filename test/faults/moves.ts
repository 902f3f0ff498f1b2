import type { OnboardingStep } from '../../src/core/model/state.ts'
import type { PoolState } from '../../src/core/pool/state.ts'
import { cardOf, onCard } from '../../src/core/pool/episodes.ts'
import { say } from '../scenarios/story.ts'
import { until } from '../wait.ts'
import type { Stage } from './stage.ts'

/** Nothing is under way, and everything that ended is told. */
export async function calm(stage: Stage): Promise<PoolState> {
  return until(
    async () => {
      const state = await stage.state()
      const working = state.operations.map((one) => `${one.memberId} ${one.step} (${one.failure ?? 'no failure'})`)
      if (state.refresh?.stage === 'working') working.push(`refresh: ${state.refresh.step}`)
      const away = state.members.filter((member) => member.phase !== 'inService')
      working.push(...away.map((member) => `${member.id} is ${member.phase}`))
      if (working.length === 0) working.push(...(await untold(stage, state)))
      if (working.length > 0) throw new Error(working.join(', '))
      return state
    },
    { what: 'calm', timeoutMs: 60_000 },
  )
}

/** Scale events that have just ended, and whose card does not show it yet. */
async function untold(stage: Stage, state: PoolState): Promise<readonly string[]> {
  const ended = state.episodes.filter(({ endedAt }) => endedAt !== null && Date.now() - endedAt < LATELY_MS)
  if (ended.length === 0) return []
  const { messages } = await stage.bot().client.after(0)
  const shown = new Map(messages.flatMap((one) => (one.kind === 'card' ? [[one.card.id, one.card.view] as const] : [])))
  return ended
    .filter((episode) => onCard(state, cardOf(episode)).at(-1) === episode)
    .filter((episode) => {
      const view = shown.get(cardOf(episode))
      return view?.kind !== 'episode' || view.endedAt !== episode.endedAt
    })
    .map(({ id }) => `the card of ${id} does not show its end`)
}

const LATELY_MS = 30_000

/** From whatever it is to exactly `count` members in service; `spared`: a refresh leaves the clones as they are. */
export async function bringTo(stage: Stage, count: number, spared: boolean): Promise<void> {
  let state = await calm(stage)
  if (state.memory.stoppedAt !== null) {
    await say(stage.bot(), '/spinup resume')
    if (state.pause !== null) await say(stage.bot(), '/spinup pause')
  }
  const protect = async (wanted: boolean): Promise<void> => {
    for (const { id, role } of state.members) {
      if (role === 'origin' || (state.protections[id] !== undefined) === wanted) continue
      await say(stage.bot(), `/spinup protect ${id}${wanted ? '' : ' off'}`)
    }
  }
  if (!spared) await protect(false)
  if (state.members.length !== count) await say(stage.bot(), `/spinup scale ${count}`)
  state = await calm(stage)
  if (spared) await protect(true)
  if (state.members.length !== count) throw new Error(`${state.members.length} members instead of ${count}`)
}

/** Waits for the onboarding to be there. */
export async function atOnboarding(stage: Stage, wanted: OnboardingStep): Promise<void> {
  await until(
    async () => {
      const { onboarding, operations } = await stage.state()
      if (onboarding?.step === wanted) return true
      throw new Error(JSON.stringify({ onboarding, operations }))
    },
    { what: `onboarding at ${wanted}`, timeoutMs: 40_000 },
  )
}

/** Orders the first snapshot, once the agent has reported. */
export async function pressSnapshot(stage: Stage): Promise<void> {
  await atOnboarding(stage, 'snapshot')
  const { text } = await stage.bot().client.press('run:/spinup connect snapshot')
  if (text !== '') throw new Error(text)
  await until(async () => (await stage.state()).onboarding?.step !== 'snapshot', { what: 'the snapshot to begin' })
}

/** The first snapshot, which makes the pool ready. */
export async function copyFirst(stage: Stage): Promise<void> {
  await pressSnapshot(stage)
  await atOnboarding(stage, 'ready')
  await calm(stage)
}
