import { narration } from '../../core/cards/narration.ts'
import { pictureOf } from '../../core/pool/episodes.ts'
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

/** One picture when it starts, another when all is over, and no more: each is made once and kept. */
async function episodeChart(session: Session, newest: Episode): Promise<ChartRef | null> {
  const { services } = session
  const state = session.state()
  const { name, first, last } = pictureOf(state, newest)
  const wish = {
    stat: state.pool.policy.stat,
    fromAt: beginning(state, first.startedAt, BEFORE_MS),
    toAt: last?.endedAt ?? first.startedAt,
    memberIds: [],
  }
  return (await services.charts.reference(`${state.pool.id}.${name}`)) ?? saveChart(services, state, name, wish)
}
