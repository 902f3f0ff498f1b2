import type { Traffic } from '../../core/model/traffic.ts'
import type { Metered, PoolView, ViewMember } from '../scaler.ts'
import type { Host } from './host.ts'
import type { Service } from './service.ts'
import type { WorldSettings } from './settings.ts'

/** What those who run the members themselves meter, second by second, as late as samples are. */
export interface Meters {
  /** The second that ends at `at` is over. */
  read(at: number, hosts: readonly Host[]): void
  /** Of the newest second that has arrived by `t`; undefined: nothing is known of it. */
  of(host: Host, t: number): Metered | undefined
}

export function createMeters({ lateS }: Pick<WorldSettings, 'lateS'>): Meters {
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
export function viewOf(
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
