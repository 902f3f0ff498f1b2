import { createRandom } from '../demand.ts'
import type { Host } from './host.ts'
import { ANSWERS_S, SLOW_SHARE, type Service } from './answers.ts'
import { capacityOf, costOf, type WorldSettings } from './settings.ts'

/** A member's queue, without a look at who is in it. */
interface Tank {
  readonly host: Host
  /** Requests that wait for its CPU. */
  waiting: number
  capacity: number
  arrived: number
  served: number
  /** Answers of each of the last seconds, and how long 95 % of them took, in turn. */
  readonly answered: Float64Array
  readonly took: Float64Array
}

/** An answer's work is spread like the work itself: 95 % take no longer than three times the mean. */
const SPREAD = 3
/** A CPU nearly full delays as if it were this full: what more there is waits and is counted as waiting. */
const CROWDED = 0.95
/** Least connections leaves slow members out the more, the fuller the pool; from here on altogether by what they can do. */
const CHOOSY = 0.7

/** Fewer answers than this in all are none. */
const LEAST = 0.01

/** By the second, for whole days: requests come as a flow, and each member has a queue of its own. */
export function createFluidService(world: WorldSettings): Service {
  const visits = createRandom(world.seed)
  const tanks = new Map<Host, Tank>()
  const costS = costOf(world)
  let poolRps = 0
  let known: readonly Host[] = []
  let there: readonly Tank[] = []

  function tankOf(host: Host): Tank {
    const known = tanks.get(host)
    if (known !== undefined) return known
    const tank: Tank = {
      host,
      waiting: 0,
      capacity: 0,
      arrived: 0,
      served: 0,
      answered: new Float64Array(ANSWERS_S),
      took: new Float64Array(ANSWERS_S),
    }
    tanks.set(host, tank)
    return tank
  }

  /** Work of a second at one member; how many wait too long, and how many are lost. */
  function work(tank: Tank, t: number): { readonly waitS: number; readonly lost: number } {
    const { host, capacity } = tank
    const all = tank.waiting + tank.arrived
    tank.served = Math.min(all, capacity)
    const most = capacity * world.patienceS
    const lost = Math.max(0, all - tank.served - most)
    tank.waiting = all - tank.served - lost
    host.busy = capacity === 0 ? 0 : tank.served / capacity
    host.backlogS = tank.waiting * costS
    host.arrived = tank.arrived
    const waitS = capacity === 0 ? 0 : tank.waiting / capacity
    const elsewhereS = world.elsewhereS(t, host.index, poolRps)
    const workS = capacity === 0 ? 0 : 1 / capacity / (1 - Math.min(CROWDED, host.busy))
    host.meanInFlight = tank.waiting + tank.served * (workS + elsewhereS)
    host.inFlight = host.meanInFlight
    tank.answered[t % ANSWERS_S] = tank.served
    tank.took[t % ANSWERS_S] = tank.served === 0 ? 0 : waitS + SPREAD * Math.max(workS, elsewhereS)
    return { waitS, lost }
  }

  return {
    serve: (t, hosts, rate) => {
      let lost = 0
      if (hosts !== known) {
        known = hosts
        there = hosts.map(tankOf)
        for (const [host, tank] of tanks) {
          if (hosts.includes(host)) continue
          lost += tank.waiting
          tanks.delete(host)
        }
      }
      for (const tank of there) {
        tank.arrived = 0
        tank.capacity = capacityOf(world, tank.host.index, t - tank.host.readyAt, t)
        if (!tank.host.down) continue
        lost += tank.waiting
        tank.waiting = 0
        tank.capacity = 0
      }
      const open = there.filter(({ host }) => host.phase === 'inService' && !host.down)
      const came = world.chance ? visits.poisson(rate) : rate
      if (open.length === 0) lost += came
      else share(open, came)
      poolRps += (came - poolRps) / ANSWERS_S
      let served = 0
      let slow = 0
      let waiting = 0
      let longest = 0
      for (const tank of there) {
        const { waitS, lost: gone } = work(tank, t)
        lost += gone
        served += tank.served
        waiting += tank.waiting
        longest = Math.max(longest, waitS)
        if (waitS > world.slowS) slow += tank.arrived
      }
      return { came, served, lost, waiting, waitS: longest, overloaded: lost > 1e-9 || slow > SLOW_SHARE * came }
    },
    answers: (host, t) => {
      const tank = tanks.get(host)
      const count = tank?.answered.reduce((sum, one) => sum + one, 0) ?? 0
      if (tank === undefined || count < LEAST) return { rps: 0, p95: null }
      // A second is a tenth of them: the slowest one has the slowest twentieth.
      return { rps: count / Math.max(1, Math.min(ANSWERS_S, t - host.readyAt)), p95: Math.max(...tank.took) }
    },
  }
}

/** Where requests go that are spread by least connections: evenly while nobody is busy, to the shortest queues when all are. */
function share(open: readonly Tank[], came: number): void {
  const capacity = open.reduce((sum, tank) => sum + tank.capacity, 0)
  const waiting = open.reduce((sum, tank) => sum + tank.waiting, 0)
  const choosy = Math.min(1, (came + waiting) / capacity / CHOOSY)
  const even = (1 - choosy) / open.length
  for (const tank of open) tank.arrived = came * (even + (choosy * tank.capacity) / capacity)
  if (waiting > 0) level(open, came)
}

/** Pours requests on the queues that are shortest for what their members can do, until all take equally long. */
function level(open: readonly Tank[], came: number): void {
  const order = open.toSorted((a, b) => a.waiting / a.capacity - b.waiting / b.capacity)
  let left = came
  let wide = 0
  let mark = 0
  for (const [index, tank] of order.entries()) {
    wide += tank.capacity
    mark = tank.waiting / tank.capacity
    const next = order[index + 1]
    const step = next === undefined ? Infinity : next.waiting / next.capacity - mark
    if (left <= step * wide) break
    left -= step * wide
  }
  const until = mark + left / wide
  for (const tank of open) tank.arrived = Math.max(0, until * tank.capacity - tank.waiting)
}
