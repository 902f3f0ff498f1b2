import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { Hosts } from '../hosts.ts'
import { dialOf, endpointOf, readDial, urlOf, type Endpoint } from './address.ts'

/** Where members are kept: asked by visitors, or parked. */
export type Berth = 'serving' | 'draining' | 'waiting'

/** One or several upstreams that lead to one place. */
export interface ServiceMember {
  /** By its first upstream. */
  readonly url: string
  readonly dials: readonly string[]
  readonly berth: Berth
}

/** The part of Caddy's configuration that Spinup reads and writes, `apps/http/servers`, seen as members. */
export interface Service {
  readonly members: readonly ServiceMember[]
  /** Every host that upstreams are dialled at; what follows goes by what `hosts` has learned of them. */
  readonly hosts: readonly string[]
  berthOf(url: string): Berth | null
  /** Whether the member of that URL is dialled at one of these. */
  isAt(url: string, dials: readonly string[]): boolean
  /** Upstreams of which nobody can say whether they are a member, each with why; `url` null: whichever member. */
  unsure(url: string | null): readonly string[]
  /** Puts a member there, from wherever it is; null: nowhere. Whether that changed anything. */
  move(url: string, to: Berth | null): boolean
  /** The configuration with the moves made. */
  readonly servers: Readonly<Record<string, unknown>>
}

const upstreamSchema = z.looseObject({ dial: z.string().optional() })
const proxySchema = z.looseObject({
  handler: z.literal('reverse_proxy'),
  upstreams: z.array(upstreamSchema).nullish(),
  dynamic_upstreams: z.unknown().optional(),
  transport: z.looseObject({ tls: z.unknown().optional() }).nullish(),
})
const parkSchema = z.object({
  routes: z.array(z.object({ handle: z.array(z.object({ upstreams: z.array(upstreamSchema) })).min(1) })).min(2),
})
type Upstream = z.infer<typeof upstreamSchema>

/**
 * Reads `apps/http/servers`. `handler` tells the pool's reverse_proxy: its `@id`, or its path from `/apps` on; null: the
 * only one there is. Members that are no longer or not yet asked stand as upstreams of `parkName(handler)`, a server that
 * listens nowhere: so Caddy goes on counting what they have in flight, and they outlive a restart of Spinup.
 */
export function readService(config: unknown, handler: string | null, known: Pick<Hosts, 'same' | 'unsure'>): Service {
  const read = z.record(z.string(), z.unknown()).safeParse(config ?? {}).data
  if (read === undefined) throw unusable('what answers there is not its admin API')
  const servers = structuredClone(read)
  const park = parkName(handler)
  const found = locate(servers, handler)
  const proxy = proxySchema.safeParse(found).data
  if (proxy === undefined) throw unusable(`${handler ?? 'the only handler'} is not a reverse_proxy`)
  if (proxy.dynamic_upstreams !== undefined) {
    throw unusable('its reverse_proxy takes its upstreams from elsewhere (dynamic_upstreams); name one that does not')
  }
  const secure = proxy.transport?.tls !== undefined
  const [draining, waiting] = parked(servers[park])
  const berths: Record<Berth, Upstream[]> = { serving: proxy.upstreams ?? [], draining, waiting }
  const order: readonly Berth[] = ['serving', 'draining', 'waiting']

  const write = () => {
    found['upstreams'] = berths.serving
    if (berths.draining.length + berths.waiting.length === 0) delete servers[park]
    else servers[park] = parkOf(berths.draining, berths.waiting)
  }
  const place = ({ dial = '' }: Upstream) => readDial(dial, secure)
  /** A team's configuration may name by a host name, or as its own machine, what is known here by its address. */
  const at = ({ host, port }: Endpoint, berth: Berth): readonly Upstream[] =>
    berths[berth].filter((upstream) => {
      const there = place(upstream)
      return there !== null && there.port === port && known.same(there.host, host)
    })
  const everyAt = (wanted: Endpoint) => order.flatMap((berth) => at(wanted, berth))
  const berthAt = (wanted: Endpoint) => order.find((berth) => at(wanted, berth).length > 0) ?? null
  const berthOf = (url: string) => berthAt(endpointOf(url))

  return {
    servers,
    berthOf,
    get members() {
      const members: ServiceMember[] = []
      for (const upstream of order.flatMap((berth) => berths[berth])) {
        const there = place(upstream)
        const berth = there === null ? null : berthAt(there)
        if (there === null || berth === null) continue
        const dials = everyAt(there).map(({ dial = '' }) => dial)
        const first = members.every((member) => !member.dials.includes(dials[0] ?? ''))
        if (first) members.push({ url: urlOf(there, secure), dials, berth })
      }
      return members
    },
    get hosts() {
      return order.flatMap((berth) => berths[berth]).flatMap((upstream) => place(upstream)?.host ?? [])
    },
    isAt: (url, dials) => everyAt(endpointOf(url)).some(({ dial = '' }) => dials.includes(dial)),
    unsure(url) {
      const wanted = url === null ? null : endpointOf(url)
      return berths.serving.flatMap((upstream) => {
        const there = place(upstream)
        const dial = upstream.dial ?? JSON.stringify(upstream)
        if (there === null) return wanted === null ? [`${dial} is not a host and port`] : []
        if (wanted !== null && there.port !== wanted.port) return []
        const why = known.unsure(there.host, wanted?.host ?? null)
        return why === null ? [] : [`${dial} ${why}`]
      })
    },
    move(url, to) {
      if (to !== null && url.startsWith('https:') !== secure) {
        throw unusable(`it speaks ${secure ? 'https' : 'http'} to all its members, and ${url} is not that`)
      }
      const from = berthOf(url)
      if (from === to) return false
      const its = everyAt(endpointOf(url))
      for (const berth of order) berths[berth] = berths[berth].filter((upstream) => !its.includes(upstream))
      // One that is there twice comes back once: the way that the configuration had it first.
      const back = to === 'serving' ? its.slice(0, 1) : its
      if (to !== null) berths[to].push(...(back.length > 0 ? back : [{ dial: dialOf(endpointOf(url)) }]))
      write()
      return true
    },
  }
}

/** The name of the server that parks members of a handler. */
function parkName(handler: string | null): string {
  return handler === null ? 'spinup_parked' : `spinup_parked_${handler.replace(/\W+/g, '_')}`
}

function parkOf(draining: readonly Upstream[], waiting: readonly Upstream[]): unknown {
  const route = (upstreams: readonly Upstream[]) => ({ handle: [{ handler: 'reverse_proxy', upstreams }] })
  return { listen: [], automatic_https: { disable: true }, routes: [route(draining), route(waiting)] }
}

function parked(server: unknown): [Upstream[], Upstream[]] {
  const routes = parkSchema.safeParse(server).data?.routes
  return [routes?.[0]?.handle[0]?.upstreams ?? [], routes?.[1]?.handle[0]?.upstreams ?? []]
}

function locate(servers: Record<string, unknown>, handler: string | null): Record<string, unknown> {
  if (handler?.startsWith('/') === true) {
    const steps = handler
      .replace(/^\/config/, '')
      .split('/')
      .filter(Boolean)
    if (steps.slice(0, 3).join('/') !== 'apps/http/servers') {
      throw unusable(`${handler} is not below /apps/http/servers`)
    }
    let node: unknown = servers
    for (const step of steps.slice(3)) node = isObject(node) ? Reflect.get(node, step) : undefined
    if (!isObject(node)) throw unusable(`there is nothing at ${handler}`)
    return node
  }
  const proxies = Object.entries(servers)
    .filter(([name]) => !name.startsWith('spinup_parked'))
    .flatMap(([, server]) => proxiesIn(server))
  const fitting = handler === null ? proxies : proxies.filter((proxy) => proxy['@id'] === handler)
  const [only] = fitting
  if (only === undefined)
    throw unusable(handler === null ? 'it has no reverse_proxy' : `no reverse_proxy has the @id "${handler}"`)
  if (fitting.length > 1) {
    throw unusable(`it has ${fitting.length} reverse_proxy handlers; say which by its @id or its path`)
  }
  return only
}

/** Routes nest: handlers stand in subroutes, error routes and response routes alike. */
function proxiesIn(node: unknown): Record<string, unknown>[] {
  if (!isObject(node)) return []
  const below = Object.values(node).flatMap(proxiesIn)
  return node['handler'] === 'reverse_proxy' ? [node, ...below] : below
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function unusable(what: string): SpinupError {
  return new SpinupError('balancerFailed', `Caddy's configuration cannot be used: ${what}.`, { retryable: false })
}
