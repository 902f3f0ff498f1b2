import { createRandom } from '../demand.ts'
import { createAgent, REST_S, type OtherStats } from './agent.ts'
import { createHost, type Host } from './host.ts'
import type { WorldSettings } from './settings.ts'

/** The machines of a pool: ordered, booting, serving, leaving. */
export interface Fleet {
  /** Second `t` begins: some come into service, some are gone. */
  begin(t: number): void
  /** Orders or releases members until there are `to`. */
  resize(to: number, t: number): void
  /** Who there is; the same object until that changes. */
  roll(): Roll
}

/** Those of a pool, the oldest first. */
export interface Roll {
  /** All that is paid for. */
  readonly all: readonly Host[]
  /** In service or draining. */
  readonly there: readonly Host[]
  readonly serving: number
  /** How many there are or will be: those that leave do not count. */
  readonly size: number
}

/** The longest that requests may keep a leaving member, seconds. */
const LONGEST_DRAIN_S = 60
/** Those of the start have been there for an hour. */
const BEFORE_S = 3600

/** `others`: what their agents report in addition. */
export function createFleet(world: WorldSettings, start: number, others?: OtherStats): Fleet {
  const silence = createRandom(world.seed + 1)
  const boots = createRandom(world.seed + 2)
  const sleep = createRandom(world.seed + 3)
  let hosts: Host[] = []
  let born = 0
  let roll: Roll | null = null

  function add(phase: Host['phase'], since: number, readyAt: number): void {
    const silent = silence.next() < world.silentShare && born > 0
    const agent = createAgent(world, Math.floor(sleep.between(0, world.everyS ?? REST_S)), others)
    hosts.push(createHost({ id: `m${born}`, index: born, phase, since, readyAt, agent, silent }))
    born++
    roll = null
  }
  for (let count = 0; count < start; count++) add('inService', -BEFORE_S, -BEFORE_S)

  function enter(host: Host, phase: Host['phase'], t: number): void {
    host.phase = phase
    host.since = t
    roll = null
  }

  /** Booting ones are cancelled first, newest first; the rest drain. */
  function release(count: number, t: number): void {
    const order = hosts.filter((host) => host.phase !== 'draining').toReversed()
    order.sort((a, b) => Number(b.phase === 'booting') - Number(a.phase === 'booting'))
    const leaving = order.slice(0, count)
    hosts = hosts.filter((host) => host.phase !== 'booting' || !leaving.includes(host))
    for (const host of leaving) enter(host, 'draining', t)
  }

  const gone = (host: Host, t: number): boolean => {
    if (host.phase !== 'draining' || t - host.since < world.drainS) return false
    return host.inFlight === 0 || t - host.since >= LONGEST_DRAIN_S
  }

  const current = (): Roll => (roll ??= called(hosts))
  return {
    begin: (t) => {
      let left = false
      for (const host of hosts) {
        if (host.phase === 'booting' && host.readyAt <= t) enter(host, 'inService', t)
        left ||= gone(host, t)
      }
      if (!left) return
      hosts = hosts.filter((host) => !gone(host, t))
      roll = null
    },
    resize: (to, t) => {
      const { size } = current()
      for (let count = size; count < to; count++) add('booting', t, t + Math.round(boots.between(...world.bootS)))
      if (to < size) release(size - to, t)
    },
    roll: current,
  }
}

function called(hosts: readonly Host[]): Roll {
  const of = (phase: Host['phase']): number => hosts.filter((host) => host.phase === phase).length
  return {
    all: [...hosts],
    there: hosts.filter((host) => host.phase !== 'booting'),
    serving: of('inService'),
    size: hosts.length - of('draining'),
  }
}
