import { liveOf } from '../../core/cards/views/live.ts'
import type { Live } from '../../core/model/live.ts'
import type { StatusView } from '../../core/model/view.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { standingOf } from '../loop/memory.ts'
import type { Services } from '../services.ts'

/** `named`: its team has several pools. Present figures of every member and of the whole front, from the agents and the balancer; what can't be had is null. */
export async function live(services: Services, state: PoolState, named: boolean): Promise<Live> {
  const now = services.now()
  const { pool, members } = state
  const ids = members.map((member) => member.id)
  const [latest, backends] = await Promise.all([
    services.series.latest(pool.id, ids),
    pool.phase === 'ready' ? services.balancerWatch.look(services, state).then((reading) => reading.backends) : null,
  ])
  return liveOf(state, { latest, backends, standing: standingOf(services, state) }, named, now)
}

export async function status(services: Services, state: PoolState, named: boolean): Promise<StatusView> {
  return (await live(services, state, named)).status
}
