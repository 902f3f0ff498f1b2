import { createRandom } from '../demand.ts'
import { AHEAD_S, ANSWERS_S, createAnswerLog, SLOW_SHARE, type AnswerLog, type Service } from './answers.ts'
import type { Host } from './host.ts'
import { paceOf, type WorldSettings } from './settings.ts'

/** Requests end at multiples of this, seconds. */
const SLOTS_A_SECOND = 200
const SLOTS = AHEAD_S * SLOTS_A_SECOND

/** A member's queue: requests are worked on one by one, and may wait elsewhere afterwards. */
interface HostQueue {
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
  // The same visitors with the same wishes, no matter who sizes the pool.
  const visits = createRandom(world.seed)
  const costs = createRandom(world.seed + 4)
  const waits = createRandom(world.seed + 5)
  const queues = new Map<Host, HostQueue>()
  const exponential = (random: typeof visits): number => (world.chance ? -Math.log(1 - random.next()) : 1)
  let slot = 0
  let turn = 0
  let poolRps = 0
  /** Visits until the next one, as chance has it. */
  let ahead = exponential(visits)
  /** Of this second. */
  let served = 0
  let lost = 0

  function queueOf(host: Host, t: number): HostQueue {
    const known = queues.get(host)
    if (known !== undefined) return known
    const queue: HostQueue = {
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
    queues.set(host, queue)
    return queue
  }

  /** Lets go of all that end before a slot. */
  function settle(open: readonly HostQueue[], upTo: number): void {
    for (; slot < upTo; slot++) {
      const place = slot % SLOTS
      for (const queue of open) {
        queue.flown += queue.flying
        const done = queue.answered[place]!
        const tired = queue.givenUp[place]!
        if (done + tired === 0) continue
        queue.answered[place] = 0
        queue.givenUp[place] = 0
        queue.flying -= done + tired
        served += done
        lost += tired
      }
    }
  }

  /** Its application is gone, and all that was there with it. */
  function cutOff(queue: HostQueue): void {
    lost += queue.flying
    queue.flying = 0
    queue.answered.fill(0)
    queue.givenUp.fill(0)
    queue.log = createAnswerLog()
  }

  function cost(): number {
    const times = world.heavy.share > 0 && costs.next() < world.heavy.share ? world.heavy.times : 1
    return (times * exponential(costs)) / world.memberRps
  }

  /** A request of so much work comes to a member, and what becomes of it is settled; how long it waits for the CPU. */
  function work(queue: HostQueue, now: number, t: number, costS: number): number {
    const waitS = Math.max(0, queue.freeAt - now)
    queue.arrived++
    queue.flying++
    if (waitS > world.patienceS) {
      queue.givenUp[place(now + Math.min(world.patienceS, AHEAD_S - 2))]!++
      return waitS
    }
    if (waitS === 0) queue.idleS += now - Math.max(queue.freeAt, t)
    queue.freeAt = Math.max(queue.freeAt, now) + costS / queue.pace
    const elsewhereS = queue.elsewhereS > 0 ? queue.elsewhereS * exponential(waits) : 0
    const end = Math.min(queue.freeAt + elsewhereS, now + AHEAD_S - 2)
    queue.answered[place(end)]!++
    queue.log.add(Math.floor(end), end - now)
    return waitS
  }

  return {
    serve: (t, hosts, rate) => {
      const there = hosts.map((host) => queueOf(host, t))
      served = 0
      lost = 0
      if (queues.size > there.length) {
        for (const [host, queue] of queues) {
          if (there.includes(queue)) continue
          lost += queue.flying
          queues.delete(host)
        }
      }
      for (const queue of there) {
        queue.arrived = 0
        queue.idleS = 0
        queue.flown = 0
        queue.pace = paceOf(world, queue.host.index, t - queue.host.readyAt, t)
        queue.elsewhereS = world.elsewhereS(t, queue.host.index, poolRps)
        if (queue.host.down && queue.flying > 0) cutOff(queue)
        if (queue.host.down) queue.freeAt = t
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
        const queue = leastBusy(open, turn++)
        const waitS = work(queue, now, t, costS)
        longest = Math.max(longest, waitS)
        if (waitS > world.slowS) slow++
        if (waitS > world.patienceS) vain++
      }
      ahead -= left
      settle(there, (t + 1) * SLOTS_A_SECOND)
      if (open.length === 0) lost += came
      poolRps += (came - poolRps) / ANSWERS_S
      let waiting = 0
      for (const queue of there) {
        const { host, freeAt } = queue
        queue.log.close(t)
        host.busy = Math.max(0, 1 - queue.idleS - Math.max(0, t + 1 - Math.max(freeAt, t)))
        host.backlogS = Math.max(0, freeAt - t - 1)
        host.arrived = queue.arrived
        host.inFlight = queue.flying
        host.meanInFlight = queue.flown / SLOTS_A_SECOND
        waiting += queue.flying
      }
      const overloaded = cut > 0 || vain > 0 || slow > SLOW_SHARE * came
      return { came, served, lost, waiting, waitS: longest, overloaded }
    },
    answers: (host, t) => {
      const log = queues.get(host)?.log
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
function leastBusy(open: readonly HostQueue[], turn: number): HostQueue {
  let best = open[turn % open.length]!
  for (let index = 1; index < open.length && best.flying > 0; index++) {
    const one = open[(turn + index) % open.length]!
    if (one.flying < best.flying) best = one
  }
  return best
}
