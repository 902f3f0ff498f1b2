import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { PoolState } from '../../core/pool/state.ts'
import { duration } from '../../core/model/words.ts'
import { rpsOf, type BalancerReading } from '../../core/model/backend.ts'
import { TRAIL_MS } from '../../core/model/message.ts'
import type { BalancerWatch, Services } from '../services.ts'

/** A tick waits this long for a look, then goes on with the last one. */
const PATIENCE_MS = 1500
/** A reading this old tells nothing any more. */
const STALE_MS = 30_000
/** A look that took 0.5 s is made again after ten: a twentieth of the time goes into looking, and little of a rate limit. */
const REST_FACTOR = 20
const LONGEST_REST_MS = 10_000
/** A look that fails is made again so soon, and only reported when that fails too: a restart is over by then. */
const RETRY_MS = 1000
/** Looks during which this process stood still are made again, so often at most: a starved machine has to go on too. */
const LOOKS = 3

/** Of the traffic a value is kept so often. */
const TRAFFIC_MS = 4500

interface Known {
  readonly balancer: string
  /** When it was first asked; this and the others are ms of a clock that nobody sets. */
  readonly askedAt: number
  last: BalancerReading | null
  lastAt: number
  /** Looks in a row that failed. */
  failures: number
  running: Promise<void> | null
  restUntil: number
  readonly traffic: [at: number, rps: number][]
}

export function createBalancerWatch(
  options: { readonly patienceMs?: number; readonly uptime?: Uptime } = {},
): BalancerWatch {
  const { patienceMs = PATIENCE_MS, uptime = createUptime() } = options
  const known = new Map<string, Known>()
  return {
    clearForMs: () => uptime.forMs(),
    look: async (services, state) => {
      const { pool } = state
      const now = services.elapsed()
      const balancer = balancerOf(state)
      let entry = known.get(pool.id)
      if (entry?.balancer !== balancer) {
        entry = {
          balancer,
          askedAt: now,
          last: null,
          lastAt: now,
          failures: 0,
          running: null,
          restUntil: 0,
          traffic: [],
        }
        known.set(pool.id, entry)
      }
      if (entry.running === null && now >= entry.restUntil) entry.running = begin(services, state, entry, uptime)
      if (entry.running !== null) await within(entry.running, patienceMs)
      const { last, lastAt } = entry
      if (last !== null && now - lastAt < STALE_MS) return last
      const silentMs = Math.min(now - (last === null ? entry.askedAt : lastAt), uptime.forMs())
      const trouble = silentMs < STALE_MS ? null : `It has not answered for over ${duration(STALE_MS)}.`
      return { at: services.now(), backends: null, queued: null, trouble }
    },
    traffic: (state) => {
      const entry = known.get(state.pool.id)
      return entry?.balancer === balancerOf(state) ? entry.traffic : []
    },
  }
}

/** Which balancer it is, and how it is reached; the same text for the same one. */
export function balancerOf({ pool }: PoolState): string {
  return JSON.stringify([pool.balancer, pool.balancerSettings])
}

async function begin(services: Services, state: PoolState, entry: Known, uptime: Uptime): Promise<void> {
  try {
    for (let looks = 1; ; looks++) {
      const [at, begun, startedAt] = [services.now(), services.elapsed(), performance.now()]
      const reading = await see(services, state, at)
      if (uptime.forMs() < performance.now() - startedAt && looks < LOOKS) continue
      entry.failures = reading.trouble === null ? 0 : entry.failures + 1
      const first = entry.failures === 1
      entry.last = first ? { ...reading, trouble: null } : reading
      entry.lastAt = begun
      keepTraffic(entry.traffic, reading)
      const took = services.elapsed() - begun
      entry.restUntil = services.elapsed() + (first ? RETRY_MS : Math.min(took * REST_FACTOR, LONGEST_REST_MS))
      return
    }
  } finally {
    entry.running = null
  }
}

function keepTraffic(traffic: Known['traffic'], { at, backends }: BalancerReading): void {
  const rps = rpsOf(backends)
  const lastAt = traffic.at(-1)?.[0] ?? -Infinity
  // After a clock was set back, what was kept is of a time to come.
  if (at < lastAt) traffic.length = 0
  else if (at - lastAt < TRAFFIC_MS) return
  if (rps === null) return
  traffic.push([at, rps])
  while (traffic[0] !== undefined && traffic[0][0] < at - TRAIL_MS) traffic.shift()
}

async function see(services: Services, { pool, members }: PoolState, at: number): Promise<BalancerReading> {
  try {
    const balancer = services.balancer(pool)
    const ids = members.map((member) => member.id)
    const [backends, queued, latest] = await Promise.all([
      balancer.list(),
      balancer.queued(),
      services.series.latest(pool.id, ids),
    ])
    const loads: Record<string, number> = {}
    for (const member of members) {
      const cpu = latest[member.id]?.stats['cpu']
      if (member.url !== null && cpu !== undefined) loads[member.url] = cpu
    }
    await balancer.weigh(loads)
    return { at, backends, queued, trouble: null }
  } catch (error) {
    // Without its own Redis the bot knows nothing, least of all that the balancer is to blame.
    if (error instanceof SpinupError && error.code === 'storeFailed') throw error
    return { at, backends: null, queued: null, trouble: messageOf(error) }
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * How long this process has run without a break. One that was suspended, stopped or starved has received nothing meanwhile,
 * and finds its deadlines passed: what it saw and missed then tells nothing about anybody else.
 */
export interface Uptime {
  forMs(): number
}

/** Timers that come so much late mean a break; ms. */
const BREAK_MS = 1500
const BEAT_MS = 250

/** `breakMs`: what counts as one. */
export function createUptime(breakMs = BREAK_MS): Uptime {
  let since = performance.now()
  let last = since
  const beat = (): number => {
    const now = performance.now()
    if (now - last > breakMs) since = now
    last = now
    return now
  }
  setInterval(beat, Math.min(BEAT_MS, breakMs / 3)).unref()
  // The one that asks may be ahead of the timer.
  return { forMs: () => beat() - since }
}
