import { SpinupError } from '../../core/model/error.ts'
import { NO_FIGURES, type Balancer } from '../balancer.ts'
import { createHosts } from '../hosts.ts'
import type { Reach } from '../outside.ts'
import { endpointOf, isOurs, nameOf, placeOf, urlOf, type Place } from './address.ts'
import { createRates, readQueued, readServers, type Server } from './servers.ts'
import { controlHost, createRuntime } from './runtime.ts'

/** A server's share while nobody reports loads; HAProxy's scale ends at 256. */
const EVEN = 100
/** How often a member is tried to be added while answers are lost. */
const TRIES = 3
/** Smaller changes of a weight are not worth a command. */
const WEIGHT_STEP = 10

export interface HaproxyOptions {
  /** The runtime API: `unix:/run/haproxy/admin.sock` or `tcp://host:port`; its socket needs `level admin`. */
  readonly address: string
  /** The backend whose servers are the pool. */
  readonly backend: string
  /** Between health checks of members added here, 2 s unless given. */
  readonly checkMs?: number
  /** Bounds each try of a command, 2 s unless given. */
  readonly timeoutMs?: number
  /** Anywhere unless given. */
  readonly reach?: Reach
}

/**
 * Members are HAProxy's servers, added and deleted through its runtime API (HAProxy 2.6 or newer). All state lives in
 * HAProxy: *draining* is its drain state; *removed* is maintenance, and deleted as soon as nothing uses it, here or at
 * a later `list()`. A restarted HAProxy has forgotten them, lists none, and gets them again.
 */
export function createHaproxyBalancer(options: HaproxyOptions): Balancer {
  const { backend } = options
  if (!/^[\w.:-]+$/.test(backend)) {
    throw new SpinupError('configuration', `"${backend}" is not the name of an HAProxy backend.`)
  }
  const runtime = createRuntime(options.address, options.timeoutMs ?? 2000, options.reach)
  const rates = createRates(() => performance.now())
  const checkMs = Math.round(options.checkMs ?? 2000)
  const hosts = createHosts(controlHost(options.address))
  /** URLs as they were given, so that callers find them again. */
  const spelling = new Set<string>()

  /** Every server, with it known which of them are at these places. */
  const servers = async (...places: readonly Place[]) => {
    const all = await readServers(runtime, backend)
    await hosts.learn([...all.map(({ place }) => place), ...places].map(({ hostname }) => hostname))
    return all
  }
  /** HAProxy may know a member by another of its addresses, or as the machine that it runs on itself. */
  const isAt = (server: Server, { hostname, port }: Place) =>
    server.place.port === port && hosts.same(server.place.hostname, hostname)
  const path = (server: Pick<Server, 'name'>) => `${backend}/${server.name}`
  const known = (url: string): Place => {
    const place = placeOf(url)
    spelling.add(url)
    return place
  }
  const find = async (url: string) => {
    const place = known(url)
    return (await servers(place)).filter((server) => isAt(server, place))
  }

  /** Whether it is gone. HAProxy deletes no server that still has connections. */
  const discard = async (server: Server): Promise<boolean> => {
    if (!isOurs(server.name)) return false
    const answer = await runtime.ask(`del server ${path(server)}`)
    if (/deleted|no such server/i.test(answer)) return true
    if (/connection|stream|idle|maintenance/i.test(answer)) return false
    throw runtime.refusal(`del server ${path(server)}`, answer)
  }

  /**
   * HAProxy sends traffic to a server that leaves maintenance before its first check. So it leaves with weight 0 and is
   * called down, which only a passed check undoes, before it gets its weight.
   */
  const opening = (server: string, weight: number, checked: boolean): readonly string[] => {
    const name = `${backend}/${server}`
    return [
      ...(checked ? [`enable health ${name}`, `set server ${name} weight 0`] : []),
      `set server ${name} state ready`,
      ...(checked ? [`set server ${name} health down`] : []),
      `set server ${name} weight ${weight}`,
    ]
  }
  /** All in one line: a look in between would find it in maintenance, and delete it. */
  const creating = async (place: Place, weight: number, like: Server | undefined): Promise<readonly string[]> => {
    const manner = like?.manner ?? []
    const pace = manner.includes('rise') ? [] : ['rise', 1, 'fall', 3]
    const words = ['check', 'inter', checkMs, 'fastinter', Math.min(checkMs, 1000), ...pace, ...manner]
    if (place.secure || like?.place.secure === true) words.push('ssl', 'verify', 'none')
    const name = nameOf(place)
    const command = `add server ${backend}/${name} ${await endpointOf(place)} ${words.join(' ')} weight 0`
    return [command, ...opening(name, weight, true)]
  }

  /** What it takes for a member to be served, as things are now. */
  const joining = async (place: Place): Promise<readonly string[]> => {
    const all = await servers(place)
    const serving = all.filter((server) => !server.inMaintenance && server.state !== 'draining')
    const weight = Math.max(0, ...serving.map((server) => server.weight)) || EVEN
    const present = all.find((server) => isAt(server, place))
    if (present === undefined || (present.inMaintenance && (await discard(present)))) {
      // The team's own servers are what `default-server` made of them.
      return creating(place, weight, all.find((server) => !isOurs(server.name)) ?? all[0])
    }
    if (present.inMaintenance) return opening(present.name, present.weight || weight, present.checked)
    return [
      ...(present.state === 'draining' ? [`set server ${path(present)} state ready`] : []),
      ...(present.weight === 0 ? [`set server ${path(present)} weight ${weight}`] : []),
    ]
  }

  return {
    kind: 'haproxy',
    async add(url) {
      const place = known(url)
      for (let attempt = 1; attempt < TRIES; attempt += 1) {
        const commands = await joining(place)
        // Blindly done again, they would call a server down that serves by now.
        if (commands.length === 0 || (await runtime.tellOnce(...commands)) === 'done') return
      }
      const commands = await joining(place)
      if (commands.length > 0) await runtime.tell(...commands)
    },
    async drain(url) {
      for (const server of await find(url)) {
        if (!server.inMaintenance) await runtime.tellIfThere(`set server ${path(server)} state drain`)
      }
    },
    async remove(url) {
      for (const server of await find(url)) {
        // Sessions live on in maintenance, unless the backend says "on-marked-down shutdown-sessions".
        if (!server.inMaintenance) await runtime.tellIfThere(`set server ${path(server)} state maint`)
        await discard(server)
      }
      spelling.delete(url)
    },
    async list() {
      const places = [...spelling].map((url) => ({ url, place: placeOf(url) }))
      const all = await servers(...places.map(({ place }) => place))
      for (const server of all) {
        if (server.inMaintenance) await discard(server)
      }
      const rps = rates(new Map(all.map(({ name, answered }) => [name, answered])))
      return all
        .filter((server) => !server.inMaintenance)
        .map((server) => ({ server, url: places.findLast(({ place }) => isAt(server, place))?.url }))
        .map(({ server: { name, place, state, failed, atMember, queued }, url }) => ({
          // It keeps means over the last 1024 answers, not percentiles of the last seconds, and one count of sessions:
          // only its debugging dump, whose format is left open on purpose, knows which of them have an answer.
          ...NO_FIGURES,
          url: url ?? urlOf(place),
          state,
          inFlight: (atMember ?? 0) + (queued ?? 0),
          failed,
          rps: rps.get(name) ?? null,
          atMember,
          queued,
        }))
    },
    queued: () => readQueued(runtime, backend),
    async weigh(loads) {
      const reported = Object.entries(loads).map(([url, load]) => ({ place: placeOf(url), load: clamp(load) }))
      const all = await servers(...reported.map(({ place }) => place))
      const loadOf = (server: Server) => reported.find(({ place }) => isAt(server, place))?.load
      const serving = all.filter((server) => !server.inMaintenance && server.weight > 0)
      const shares = serving.flatMap((server) => loadOf(server) ?? [])
      if (shares.length === 0) return
      // A member of unknown load counts as the mean of the others.
      const mean = shares.reduce((sum, load) => sum + load, 0) / shares.length
      const commands = serving
        .map((server) => ({ server, weight: Math.round(EVEN / (0.5 + (loadOf(server) ?? mean))) }))
        .filter(({ server, weight }) => Math.abs(server.weight - weight) >= WEIGHT_STEP)
        .map(({ server, weight }) => `set server ${path(server)} weight ${weight}`)
      if (commands.length > 0) await runtime.tellIfThere(...commands)
    },
  }
}

function clamp(load: number): number {
  return Math.min(1, Math.max(0, load))
}
