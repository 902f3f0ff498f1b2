import { createRandom } from '../random.ts'
import { AHEAD_S, createAnswerLog, type AnswerLog } from './answers.ts'
import type { Host } from './host.ts'
import { ANSWERS_S, SLOW_SHARE, type Service } from './service.ts'
import { paceOf, type WorldSettings } from './settings.ts'

/** Requests end at multiples of this, seconds. */
const SLOTS_A_SECOND = 200
const SLOTS = AHEAD_S * SLOTS_A_SECOND

/** A member's queue: requests are worked on one by one, and may wait elsewhere afterwards. */
interface Lane {
  readonly host: Host
  log: AnswerLog
  /** When the CPU will have done all it has, seconds from the start. */
  freeAt: number
  flying: number
  /** Requests answered, and visitors who give up, by slot. */
  readonly answered: Uint16Array
  readonly givenUp: Uint16Array
  /** Of this second: CPU-seconds of the usual kind it does in one, and how long requests wait elsewhere on average. */
  pace: number
  elsewhereS: number
  arrived: number
  idleS: number
  flown: number
}

/** Each request by itself: it goes to the member with fewest, waits for its one CPU, and leaves when it lost patience. */
export function createRequestService(world: WorldSettings): Service {
  // The same visitors with the same wishes, whoever sizes the pool.
  const visits = createRandom(world.seed)
  const costs = createRandom(world.seed + 4)
  const waits = createRandom(world.seed + 5)
  const lanes = new Map<Host, Lane>()
  const exponential = (random: typeof visits): number => (world.chance ? -Math.log(1 - random.next()) : 1)
  let slot = 0
  let turn = 0
  let poolRps = 0
  /** Visits until the next one, as chance has it. */
  let ahead = exponential(visits)
  /** Of this second. */
  let served = 0
  let lost = 0

  function laneOf(host: Host, t: number): Lane {
    const known = lanes.get(host)
    if (known !== undefined) return known
    const lane: Lane = {
      host,
      log: createAnswerLog(),
      freeAt: t,
      flying: 0,
      answered: new Uint16Array(SLOTS),
      givenUp: new Uint16Array(SLOTS),
      pace: 1,
      elsewhereS: 0,
      arrived: 0,
      idleS: 0,
      flown: 0,
    }
    lanes.set(host, lane)
    return lane
  }

  /** Lets go of all that end before a slot. */
  function settle(open: readonly Lane[], upTo: number): void {
    for (; slot < upTo; slot++) {
      const place = slot % SLOTS
      for (const lane of open) {
        lane.flown += lane.flying
        const done = lane.answered[place]!
        const tired = lane.givenUp[place]!
        if (done + tired === 0) continue
        lane.answered[place] = 0
        lane.givenUp[place] = 0
        lane.flying -= done + tired
        served += done
        lost += tired
      }
    }
  }

  /** Its application is gone, and all that was there with it. */
  function cutOff(lane: Lane): void {
    lost += lane.flying
    lane.flying = 0
    lane.answered.fill(0)
    lane.givenUp.fill(0)
    lane.log = createAnswerLog()
  }

  function cost(): number {
    const times = world.heavy.share > 0 && costs.next() < world.heavy.share ? world.heavy.times : 1
    return (times * exponential(costs)) / world.memberRps
  }

  /** A request of so much work comes to a member, and what becomes of it is settled; how long it waits for the CPU. */
  function work(lane: Lane, now: number, t: number, costS: number): number {
    const waitS = Math.max(0, lane.freeAt - now)
    lane.arrived++
    lane.flying++
    if (waitS > world.patienceS) {
      lane.givenUp[place(now + Math.min(world.patienceS, AHEAD_S - 2))]!++
      return waitS
    }
    if (waitS === 0) lane.idleS += now - Math.max(lane.freeAt, t)
    lane.freeAt = Math.max(lane.freeAt, now) + costS / lane.pace
    const elsewhereS = lane.elsewhereS > 0 ? lane.elsewhereS * exponential(waits) : 0
    const end = Math.min(lane.freeAt + elsewhereS, now + AHEAD_S - 2)
    lane.answered[place(end)]!++
    lane.log.add(Math.floor(end), end - now)
    return waitS
  }

  return {
    serve: (t, hosts, rate) => {
      const there = hosts.map((host) => laneOf(host, t))
      served = 0
      lost = 0
      if (lanes.size > there.length) {
        for (const [host, lane] of lanes) {
          if (there.includes(lane)) continue
          lost += lane.flying
          lanes.delete(host)
        }
      }
      for (const lane of there) {
        lane.arrived = 0
        lane.idleS = 0
        lane.flown = 0
        lane.pace = paceOf(world, lane.host.index, t - lane.host.readyAt, t)
        lane.elsewhereS = world.elsewhereS(t, lane.host.index, poolRps)
        if (lane.host.down && lane.flying > 0) cutOff(lane)
        if (lane.host.down) lane.freeAt = t
      }
      const open = there.filter(({ host }) => host.phase === 'inService' && !host.down)
      const cut = lost
      let came = 0
      let slow = 0
      let vain = 0
      let longest = 0
      let now = t
      let left = rate
      while (ahead <= left) {
        left -= ahead
        now += ahead / rate
        ahead = exponential(visits)
        came++
        const costS = cost()
        if (open.length === 0) {
          vain++
          continue
        }
        settle(there, Math.floor(now * SLOTS_A_SECOND))
        const lane = leastBusy(open, turn++)
        const waitS = work(lane, now, t, costS)
        longest = Math.max(longest, waitS)
        if (waitS > world.slowS) slow++
        if (waitS > world.patienceS) vain++
      }
      ahead -= left
      settle(there, (t + 1) * SLOTS_A_SECOND)
      if (open.length === 0) lost += came
      poolRps += (came - poolRps) / ANSWERS_S
      let waiting = 0
      for (const lane of there) {
        const { host, freeAt } = lane
        lane.log.close(t)
        host.busy = Math.max(0, 1 - lane.idleS - Math.max(0, t + 1 - Math.max(freeAt, t)))
        host.backlogS = Math.max(0, freeAt - t - 1)
        host.arrived = lane.arrived
        host.inFlight = lane.flying
        host.meanInFlight = lane.flown / SLOTS_A_SECOND
        waiting += lane.flying
      }
      const overloaded = cut > 0 || vain > 0 || slow > SLOW_SHARE * came
      return { came, served, lost, waiting, waitS: longest, overloaded }
    },
    answers: (host, t) => {
      const log = lanes.get(host)?.log
      const seconds = Math.max(1, Math.min(ANSWERS_S, t - host.readyAt))
      return { rps: (log?.count() ?? 0) / seconds, p95: log?.p95() ?? null }
    },
  }
}

/** Rounded, so that times are right on average. */
function place(at: number): number {
  return Math.floor(at * SLOTS_A_SECOND + 0.5) % SLOTS
}

/** Least connections; where several have as few, they take turns. */
function leastBusy(open: readonly Lane[], turn: number): Lane {
  let best = open[turn % open.length]!
  for (let index = 1; index < open.length && best.flying > 0; index++) {
    const one = open[(turn + index) % open.length]!
    if (one.flying < best.flying) best = one
  }
  return best
}
