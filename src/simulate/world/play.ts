import type { Demand } from '../demand.ts'
import type { Metered, PoolView, Scaler, ViewMember } from '../scaler.ts'
import type { OtherStats } from './agent.ts'
import { createFleet } from './fleet.ts'
import { createFluidService } from './fluid.ts'
import { feel, type Host } from './host.ts'
import { createRequestService } from './requests.ts'
import type { Served, Service } from './answers.ts'
import { costOf, membersFor, type WorldSettings } from './settings.ts'
import type { Traffic } from '../../core/model/sample.ts'

/** What happened in one second. */
export interface Second extends Served {
  readonly t: number
  /** Requests a second that were wanted. */
  readonly wanted: number
  readonly serving: number
  /** All that is paid for: booting, serving and draining. */
  readonly paid: number
  /** How many the scaler would have, before the world's limits; null: it was not asked. */
  readonly asked: number | null
  /** From and to, where the scaler changed the size. */
  readonly change: readonly [from: number, to: number] | null
}

/** How full the members of the start are. */
const FULL_AT_START = 0.7

/**
 * Plays `demand` second by second against a pool that `scaler` sizes. `others`: what a member's agent reports at an
 * instant beside its host's own figures, where `serving` are in service.
 */
export function* play(
  demand: Demand,
  scaler: Scaler,
  world: WorldSettings,
  others: (at: number, serving: number) => ReturnType<OtherStats> = () => ({}),
): Generator<Second, void, void> {
  const first = world.start ?? membersFor(world, demand.rate(0), 0, FULL_AT_START)
  let serving = 0
  const fleet = createFleet(world, Math.min(world.max, Math.max(world.min, first)), (at) => others(at, serving))
  const service = SERVICES[world.kind](world)
  const meters = createMeters(world)
  const costS = costOf(world)
  for (let t = 0; t < demand.seconds; t++) {
    fleet.begin(t)
    let asked: Second['asked'] = null
    let change: Second['change'] = null
    if (t > 0 && t % scaler.everyS === 0) {
      const { all, size } = fleet.roll()
      const desired = scaler.desired(viewOf(all, meters, service, world, t, demand.startsAt))
      const to = Math.max(world.min, Math.min(world.max, desired))
      asked = Math.max(desired, scaler.wanted?.() ?? 0)
      if (to !== size) change = [size, to]
      fleet.resize(to, t)
    }
    const { there, all, serving: count } = fleet.roll()
    for (const host of there) host.down = world.down(t, host.index)
    holdStreams(there, world.streams(t), world.streamS)
    const wanted = demand.rate(t)
    const { came, served, lost, waiting, waitS, overloaded } = service.serve(t, there, wanted)
    serving = count
    for (const host of there) {
      feel(host, world.background(t, host.index), costS)
      host.agent.read(t + 1, host, host.silent || world.silent(t, host.index))
    }
    meters.read(t + 1, there)
    yield { t, wanted, came, served, lost, waiting, waitS, overloaded, serving, paid: all.length, asked, change }
  }
}

const SERVICES: Readonly<Record<WorldSettings['kind'], (world: WorldSettings) => Service>> = {
  requests: createRequestService,
  fluid: createFluidService,
}

/** What those who run the members themselves meter, second by second, as late as samples are. */
export interface Meters {
  /** The second that ends at `at` is over. */
  read(at: number, hosts: readonly Host[]): void
  /** Of the newest second that has arrived by `t`; undefined: nothing is known of it. */
  of(host: Host, t: number): Metered | undefined
}

function createMeters({ lateS }: Pick<WorldSettings, 'lateS'>): Meters {
  const known = (host: Host): boolean => host.phase === 'inService' && !host.silent
  // What is not late is read off the host itself.
  if (lateS === 0) return { read: () => {}, of: (host, t) => (known(host) && host.since < t ? meter(host) : undefined) }
  const seconds: ReadonlyMap<string, Metered>[] = []
  return {
    read: (_, hosts) => {
      seconds.push(new Map(hosts.filter(known).map((host) => [host.id, meter(host)])))
      if (seconds.length > lateS + 1) seconds.shift()
    },
    of: (host) => (seconds.length > lateS ? seconds[0]!.get(host.id) : undefined),
  }
}

function meter({ cpu, arrived, meanInFlight, streams }: Host): Metered {
  return { cpu, arrived, inFlight: meanInFlight + streams }
}

/** The pool as scalers see it at `t` seconds from the start, `startsAt` in epoch seconds. */
function viewOf(
  hosts: readonly Host[],
  meters: Meters,
  service: Service,
  world: WorldSettings,
  t: number,
  startsAt: number,
): PoolView {
  return {
    t: startsAt + t,
    members: hosts.map((host): ViewMember => {
      const { id, phase, since } = host
      const serving = phase !== 'booting'
      const sample = serving ? host.agent.latest(t) : null
      const metered = serving ? meters.of(host, t) : undefined
      return {
        id,
        phase,
        age: t - since,
        sampleAt: sample === null ? null : startsAt + sample.at,
        stats: sample?.stats ?? null,
        traffic: serving ? trafficOf(host, service, world, t) : null,
        metered,
      }
    }),
  }
}

function trafficOf(host: Host, service: Service, { balancer }: WorldSettings, t: number): Traffic | null {
  if (balancer === 'nothing') return null
  const { rps, p95 } = service.answers(host, t)
  const streaming = Math.round(host.streams)
  const inFlight = host.inFlight + streaming
  if (balancer === 'counts') {
    return { rps, p95, firstByteP95: null, inFlight, waiting: null, streaming: null, queued: null }
  }
  return { rps, p95, firstByteP95: p95, inFlight, waiting: host.inFlight, streaming, queued: 0 }
}

/**
 * Holds `wanted` connections open on those that answer: some end each second, and new ones go where fewest are. One that
 * is open stays where it is; a member that leaves or falls over loses its own, and they come again elsewhere.
 */
function holdStreams(hosts: readonly Host[], wanted: number, streamS: number): void {
  if (wanted === 0 && hosts.every((host) => host.streams === 0)) return
  const open = hosts.filter((host) => host.phase === 'inService' && !host.down)
  for (const host of hosts) host.streams = open.includes(host) ? host.streams * (1 - 1 / streamS) : 0
  let total = open.reduce((sum, host) => sum + host.streams, 0)
  if (total > wanted) {
    for (const host of open) host.streams *= wanted / total
    total = wanted
  }
  fill(open, wanted - total)
}

/** Pours `count` on the lowest until all stand equally high or it is used up. */
function fill(open: readonly Host[], count: number): void {
  const order = open.toSorted((a, b) => a.streams - b.streams)
  let left = count
  for (let level = 1; level <= order.length && left > 0; level++) {
    const step = (order[level]?.streams ?? Infinity) - order[level - 1]!.streams
    const each = Math.min(step, left / level)
    for (let index = 0; index < level; index++) order[index]!.streams += each
    left -= each * level
  }
}
