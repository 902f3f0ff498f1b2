import type { Demand } from './demand.ts'
import { createRandom, type Random } from './random.ts'
import type { PoolView, Scaler, ViewMember } from './scaler.ts'

/** The machines and visitors of a simulated pool. */
export interface WorldSettings {
  /** Requests a second one member serves when it is full. */
  readonly memberRps: number
  /** Seconds from order to service, each drawn evenly. */
  readonly bootS: readonly [least: number, most: number]
  /** Visitors give up after this long, seconds. */
  readonly patienceS: number
  /** A second in which requests wait longer than this counts as overloaded, seconds. */
  readonly slowS: number
  /** A leaving member is paid for this much longer, seconds. */
  readonly drainS: number
  readonly min: number
  readonly max: number
  readonly seed: number
  /** Samples reach the scaler this many seconds late. */
  readonly lateS: number
  /** The share of members that never report. */
  readonly silentShare: number
  /** Whether requests come by chance around the demand's rate, or exactly at it. */
  readonly chance: boolean
}

/** Small droplets from a snapshot, impatient visitors. */
export const DEFAULT_WORLD: WorldSettings = {
  memberRps: 100,
  bootS: [45, 75],
  patienceS: 5,
  slowS: 0.5,
  drainS: 5,
  min: 1,
  max: 60,
  seed: 1,
  lateS: 0,
  silentShare: 0,
  chance: true,
}

/** What happened in one second. */
export interface Second {
  readonly t: number
  /** Requests a second that were wanted. */
  readonly wanted: number
  /** Requests that came: the same, as chance has it. */
  readonly came: number
  readonly served: number
  /** Requests left waiting at its end. */
  readonly waiting: number
  readonly serving: number
  /** All that is paid for: booting, serving and draining. */
  readonly paid: number
  /** The last request served waited this long, seconds. */
  readonly waitS: number
  readonly lost: number
  readonly overloaded: boolean
  /** From and to, where the scaler changed the size. */
  readonly change: readonly [from: number, to: number] | null
}

interface Machine {
  readonly id: string
  phase: 'inService' | 'booting' | 'draining'
  since: number
  readyAt: number
  goneAt: number
  readonly silent: boolean
  load1: number
}

/** Plays `demand` second by second against a pool that `scaler` sizes; requests wait in one queue before the members. */
export function* play(demand: Demand, scaler: Scaler, settings: WorldSettings): Generator<Second, void, void> {
  const random = createRandom(settings.seed)
  const silence = createRandom(settings.seed + 1)
  const boots = createRandom(settings.seed + 2)
  let machines: Machine[] = []
  let born = 0
  const add = (phase: Machine['phase'], t: number, readyAt: number): void => {
    const silent = silence.next() < settings.silentShare && born > 0
    machines.push({ id: `m${born++}`, phase, since: t, readyAt, goneAt: Infinity, silent, load1: 0 })
  }
  const start = Math.min(settings.max, Math.max(settings.min, Math.ceil(demand.rate(0) / settings.memberRps / 0.7)))
  for (let index = 0; index < start; index++) add('inService', -3600, -3600)

  /** Requests waiting, by the second they came in; the oldest first. */
  let waiting: { at: number; count: number }[] = []
  const told: PoolView[] = []
  for (let t = 0; t < demand.seconds; t++) {
    for (const machine of machines) {
      if (machine.phase === 'booting' && machine.readyAt <= t) {
        machine.phase = 'inService'
        machine.since = t
      }
    }
    if (machines.some((machine) => machine.goneAt <= t)) machines = machines.filter((machine) => machine.goneAt > t)

    let change: Second['change'] = null
    if (t % scaler.everyS === 0 && told.length > 0) {
      const size = machines.filter((machine) => machine.phase !== 'draining').length
      const asked = scaler.desired(current(told, machines, t, settings, demand))
      const to = Math.max(settings.min, Math.min(settings.max, asked))
      if (to > size) for (let count = size; count < to; count++) add('booting', t, t + boot(boots, settings))
      if (to < size) release(machines, size - to, t, settings.drainS)
      if (to !== size) change = [size, to]
    }

    const serving = machines.filter((machine) => machine.phase === 'inService')
    const wanted = demand.rate(t)
    const came = settings.chance ? random.poisson(wanted) : wanted
    if (came > 0) waiting.push({ at: t, count: came })
    const capacity = serving.length * settings.memberRps
    let served = 0
    let waitS = 0
    while (waiting.length > 0 && served < capacity) {
      const first = waiting[0]!
      const part = Math.min(first.count, capacity - served)
      first.count -= part
      served += part
      waitS = t - first.at
      if (first.count <= 1e-9) waiting.shift()
    }
    let lost = 0
    while (waiting.length > 0 && t - waiting[0]!.at >= settings.patienceS) lost += waiting.shift()!.count
    const left = waiting.reduce((sum, one) => sum + one.count, 0)
    const queueS = capacity === 0 ? (left > 0 ? settings.patienceS : 0) : Math.min(left / capacity, settings.patienceS)
    waitS = Math.max(waitS, queueS)

    report(serving, { t, served, left, waitS, memberRps: settings.memberRps })
    told.push(view(serving, { t, served, left, waitS, memberRps: settings.memberRps }))
    if (told.length > settings.lateS + 1) told.shift()
    yield {
      t,
      wanted,
      came,
      served,
      waiting: left,
      serving: serving.length,
      paid: machines.length,
      waitS,
      lost,
      overloaded: waitS > settings.slowS || lost > 0,
      change,
    }
  }
}

interface Load {
  readonly t: number
  readonly served: number
  readonly left: number
  readonly waitS: number
  readonly memberRps: number
}

function report(serving: readonly Machine[], load: Load): void {
  const each = (load.served + load.left) / Math.max(1, serving.length) / load.memberRps
  for (const machine of serving) machine.load1 += (each - machine.load1) / 60
}

/** What the agents and the balancer say of this second. */
function view(serving: readonly Machine[], load: Load): PoolView {
  const count = Math.max(1, serving.length)
  const rps = load.served / count
  const cpu = Math.min(1, rps / load.memberRps)
  const queued = load.left / count / load.memberRps
  return {
    t: load.t,
    members: serving.map((machine) => ({
      id: machine.id,
      phase: 'inService',
      age: 0,
      sampleAt: load.t,
      stats: machine.silent
        ? null
        : {
            cpu,
            memory: 0.4,
            load1: machine.load1,
            psi: Math.min(1, queued),
            rps,
            p95: load.waitS + 1 / load.memberRps,
            inflight: queued + cpu / load.memberRps,
          },
    })),
  }
}

/** Who is there now, with the newest samples that have arrived. */
function current(
  told: readonly PoolView[],
  machines: readonly Machine[],
  t: number,
  settings: WorldSettings,
  demand: Demand,
): PoolView {
  const past = told[0]!
  const known = new Map(past.members.map((member) => [member.id, member]))
  return {
    t: demand.startsAt + t,
    members: machines.map((machine): ViewMember => {
      const sample = told.length > settings.lateS ? known.get(machine.id) : undefined
      return {
        id: machine.id,
        phase: machine.phase,
        age: t - machine.since,
        sampleAt: sample === undefined || sample.stats === null ? null : demand.startsAt + past.t,
        stats: sample?.stats ?? null,
      }
    }),
  }
}

function boot(random: Random, settings: WorldSettings): number {
  return Math.round(random.between(settings.bootS[0], settings.bootS[1]))
}

/** Booting ones are cancelled first, newest first; the rest drain. */
function release(machines: Machine[], count: number, t: number, drainS: number): void {
  const order = machines.filter((machine) => machine.phase !== 'draining').toReversed()
  order.sort((a, b) => Number(b.phase === 'booting') - Number(a.phase === 'booting'))
  for (const machine of order.slice(0, count)) {
    machine.goneAt = machine.phase === 'booting' ? t : t + drainS
    machine.phase = 'draining'
    machine.since = t
  }
}
