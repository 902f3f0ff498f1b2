import type { BackendState } from '../balancers/balancer.ts'
import { messageOf } from '../core/model/error.ts'
import type { PoolState } from '../core/model/state.ts'
import { duration } from '../core/model/words.ts'
import type { Services } from './services.ts'

/** What a pool's balancer was seen to serve. */
export interface Sight {
  /** When the look began, epoch ms. */
  readonly at: number
  /** null: it could not be asked. */
  readonly backends: readonly BackendState[] | null
  /** Why not, in words. */
  readonly trouble: string | null
}

/** Looks at balancers, of which a remote one may be slow: nobody waits for it long, and it is not asked all the time. */
export interface Sights {
  /** The newest sight of the pool's balancer; also tells it the loads it weighs by. */
  look(services: Services, state: PoolState): Promise<Sight>
}

/** A tick waits this long for a look, then goes on with the last one. */
const PATIENCE_MS = 1500
/** A sight this old tells nothing any more. */
const STALE_MS = 30_000
/** A look that took 0.5 s is made again after ten: a twentieth of the time goes into looking, and little of a rate limit. */
const REST_FACTOR = 20
const LONGEST_REST_MS = 10_000

interface Known {
  readonly balancer: string
  last: Sight | null
  running: Promise<void> | null
  restUntil: number
}

export function createSights(patienceMs = PATIENCE_MS): Sights {
  const known = new Map<string, Known>()
  return {
    look: async (services, state) => {
      const { pool } = state
      const now = services.now()
      const balancer = JSON.stringify([pool.balancer, pool.balancerSettings])
      let entry = known.get(pool.id)
      if (entry?.balancer !== balancer) {
        entry = { balancer, last: null, running: null, restUntil: 0 }
        known.set(pool.id, entry)
      }
      if (entry.running === null && now >= entry.restUntil) entry.running = begin(services, state, entry)
      if (entry.running !== null) await within(entry.running, patienceMs)
      const { last } = entry
      if (last !== null && now - last.at < STALE_MS) return last
      const trouble = last === null ? 'It has not answered yet.' : `It has not answered for over ${duration(STALE_MS)}.`
      return { at: now, backends: null, trouble }
    },
  }
}

async function begin(services: Services, state: PoolState, entry: Known): Promise<void> {
  const at = services.now()
  entry.last = await see(services, state, at)
  const took = services.now() - at
  entry.restUntil = services.now() + Math.min(took * REST_FACTOR, LONGEST_REST_MS)
  entry.running = null
}

async function see(services: Services, { pool, members }: PoolState, at: number): Promise<Sight> {
  try {
    const balancer = services.balancer(pool)
    const ids = members.map((member) => member.id)
    const [backends, latest] = await Promise.all([balancer.list(), services.series.latest(pool.id, ids)])
    const loads: Record<string, number> = {}
    for (const member of members) {
      const cpu = latest[member.id]?.stats['cpu']
      if (member.url !== null && cpu !== undefined) loads[member.url] = cpu
    }
    await balancer.weigh(loads)
    return { at, backends, trouble: null }
  } catch (error) {
    return { at, backends: null, trouble: messageOf(error) }
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
