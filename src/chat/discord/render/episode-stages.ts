import type { EpisodeView } from '../../../core/model/view.ts'
import { STEP_MARKS } from './parts.ts'
import { clock } from './when.ts'

const WORK = { out: ['creating', 'created'], in: ['draining', 'drained'] } as const

type State = keyof typeof STEP_MARKS
type Stage = readonly [State, string]

/** Where the event is, in a line: detected → decided → creating 1 of 2 → in service → settled. */
export function stages(view: EpisodeView): string {
  const asked = view.approval?.state === 'open'
  const ended = view.stage !== 'working'
  const done = view.members.filter(({ state }) => state === 'done').length
  const all = Math.max(view.members.length, Math.abs(view.to - view.from))
  const through = done === all && all > 0
  const work: State = asked ? 'todo' : through || view.stage === 'settled' ? 'done' : ended ? 'failed' : 'doing'
  const out = view.direction === 'out'
  const detected: Stage | null = view.detectedAt === null ? null : ['done', `detected ${clock(view.detectedAt)}`]
  if (view.approval?.state === 'denied') return drawn([detected, ['failed', 'denied']])
  return drawn([
    detected,
    asked ? ['doing', 'deciding'] : ['done', `decided ${clock(view.startedAt)}`],
    [work, `${WORK[view.direction][work === 'done' ? 1 : 0]} ${done} of ${all}`],
    [work === 'done' ? 'done' : 'todo', out ? 'in service' : 'gone'],
    view.stage === 'failed'
      ? ['failed', `failed ${clock(view.endedAt ?? view.startedAt)}`]
      : ended
        ? ['done', `settled ${clock(view.endedAt ?? view.startedAt)}`]
        : [work === 'done' ? 'doing' : 'todo', work === 'done' ? 'settling' : 'settled'],
  ])
}

function drawn(stages: readonly (Stage | null)[]): string {
  return stages
    .filter((stage) => stage !== null)
    .map(([state, words]) => `${STEP_MARKS[state]} ${state === 'doing' || state === 'failed' ? `**${words}**` : words}`)
    .join(' → ')
}
