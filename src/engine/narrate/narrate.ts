import type { Episode } from '../../core/model/state.ts'
import type { ChartRef } from '../../core/model/view.ts'
import type { Session } from '../session.ts'
import { beginning, saveChart } from './chart.ts'
import { episodeView } from './episode.ts'
import { proposalView } from './proposal.ts'
import { refreshView } from './refresh.ts'

/** Cards of an ended episode or approval are put once more this long after, in case the bot died before it told. */
const RETELL_MS = 60_000
const BEFORE_MS = 3 * 60_000

/** Puts the card of everything that moves. Unchanged cards make no revision, so telling again is silent. */
export async function narrate(session: Session): Promise<void> {
  const state = session.state()
  for (const episode of state.episodes) {
    if (episode.endedAt !== null && session.now - episode.endedAt > RETELL_MS) continue
    session.tell(`episode:${episode.id}`, episodeView(state, episode, await episodeChart(session, episode)))
  }
  const { refresh } = state
  if (refresh !== null && (refresh.endedAt === null || session.now - refresh.endedAt <= RETELL_MS)) {
    session.tell(`refresh:${refresh.id}`, refreshView(state, refresh, session.now))
  }
  for (const approval of state.approvals) {
    if (approval.decidedAt !== null && session.now - approval.decidedAt > RETELL_MS) continue
    session.tell(`proposal:${approval.id}`, proposalView(state, approval))
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
