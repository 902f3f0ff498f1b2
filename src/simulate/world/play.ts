import type { Demand } from '../demand.ts'
import type { Scaler } from '../scaler.ts'
import type { OtherStats } from './agent.ts'
import { createFleet } from './fleet.ts'
import { createFluidService } from './fluid.ts'
import { feel } from './host.ts'
import { createRequestService } from './requests.ts'
import type { Served, Service } from './service.ts'
import { costOf, membersFor, type WorldSettings } from './settings.ts'
import { holdStreams } from './streams.ts'
import { createMeters, viewOf } from './view.ts'

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
