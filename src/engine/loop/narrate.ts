import { narration } from '../../core/cards/narration.ts'
import type { Episode } from '../../core/model/state.ts'
import type { ChartRef } from '../../core/model/view.ts'
import { beginning, saveChart } from '../reports/chart.ts'
import type { Session } from '../session.ts'

const BEFORE_MS = 3 * 60_000

/** Puts the card of everything that moves, its picture made; `lastTickAt`: as for `narration`. */
export async function narrate(session: Session, lastTickAt: number): Promise<void> {
  for (const { cardId, episode, view } of narration(session.state(), lastTickAt, session.now)) {
    session.tell(cardId, view(episode === null ? null : await episodeChart(session, episode)))
  }
}

/** One picture when it starts, another when it has ended; each is made once and kept. */
async function episodeChart(session: Session, episode: Episode): Promise<ChartRef | null> {
  const { services } = session
  const state = session.state()
  const ended = episode.endedAt !== null
  const name = `episode-${episode.id}-${ended ? 'end' : 'start'}`
  const wish = {
    stat: state.pool.policy.stat,
    fromAt: beginning(state, episode.startedAt, BEFORE_MS),
    toAt: episode.endedAt ?? episode.startedAt,
    memberIds: [],
  }
  return (await services.charts.reference(`${state.pool.id}.${name}`)) ?? saveChart(services, state, name, wish)
}
