import { createRandom } from '../random.ts'
import { createAgent, REST_S, type OtherStats } from './agent.ts'
import { createHost, type Host } from './host.ts'
import type { WorldSettings } from './settings.ts'

/** The machines of a pool: ordered, booting, serving, leaving. */
export interface Fleet {
  /** All that is paid for, the oldest first. */
  readonly hosts: () => readonly Host[]
  /** How many there are or will be, those that leave not among them. */
  readonly size: () => number
  /** Second `t` begins: some come into service, some are gone. */
  begin(t: number): void
  /** Orders or releases members until there are `to`. */
  resize(to: number, t: number): void
}

/** The longest that requests may keep a leaving member, seconds. */
const LONGEST_DRAIN_S = 60
/** Those of the start have been there for an hour. */
const BEFORE_S = 3600

/** `others`: what their agents report besides. */
export function createFleet(world: WorldSettings, start: number, others?: OtherStats): Fleet {
  const silence = createRandom(world.seed + 1)
  const boots = createRandom(world.seed + 2)
  const sleep = createRandom(world.seed + 3)
  let hosts: Host[] = []
  let born = 0

  function add(phase: Host['phase'], since: number, readyAt: number): void {
    const silent = silence.next() < world.silentShare && born > 0
    const agent = createAgent(world, Math.floor(sleep.between(0, world.everyS ?? REST_S)), others)
    hosts.push(createHost({ id: `m${born}`, index: born, phase, since, readyAt, agent, silent }))
    born++
  }
  for (let count = 0; count < start; count++) add('inService', -BEFORE_S, -BEFORE_S)

  /** Booting ones are cancelled first, newest first; the rest drain. */
  function release(count: number, t: number): void {
    const order = hosts.filter((host) => host.phase !== 'draining').toReversed()
    order.sort((a, b) => Number(b.phase === 'booting') - Number(a.phase === 'booting'))
    for (const host of order.slice(0, count)) {
      if (host.phase === 'booting') hosts = hosts.filter((one) => one !== host)
      host.phase = 'draining'
      host.since = t
    }
  }

  const gone = (host: Host, t: number): boolean => {
    if (host.phase !== 'draining' || t - host.since < world.drainS) return false
    return host.inFlight === 0 || t - host.since >= LONGEST_DRAIN_S
  }

  const size = (): number => hosts.reduce((count, host) => count + Number(host.phase !== 'draining'), 0)
  return {
    hosts: () => hosts,
    size,
    begin: (t) => {
      for (const host of hosts) {
        if (host.phase !== 'booting' || host.readyAt > t) continue
        host.phase = 'inService'
        host.since = t
      }
      if (hosts.some((host) => gone(host, t))) hosts = hosts.filter((host) => !gone(host, t))
    },
    resize: (to, t) => {
      const now = size()
      for (let count = now; count < to; count++) add('booting', t, t + Math.round(boots.between(...world.bootS)))
      if (to < now) release(now - to, t)
    },
  }
}
