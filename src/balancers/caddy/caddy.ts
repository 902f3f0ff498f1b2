import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import { NO_FIGURES, type BackendState, type Balancer } from '../balancer.ts'
import { complaint, controlHost, createAdmin } from './admin.ts'
import { createHosts } from '../hosts.ts'
import { ANYWHERE, type Reach } from '../outside.ts'
import { endpointOf } from './address.ts'
import { readService, type Service, type ServiceMember } from './service.ts'

/** Changes are made again when somebody else changed the configuration meanwhile. */
const CHANGES = 10
/** Caddy may reset calls that arrive while it takes on another configuration. */
const LOST = 3
const SERVERS = '/config/apps/http/servers'

const upstreamsSchema = z
  .array(z.object({ address: z.string(), num_requests: z.number(), fails: z.number() }))
  .nullish()
  .transform((upstreams) => upstreams ?? [])

export interface CaddyOptions {
  /** The admin API: `http://127.0.0.1:2019` or `unix:/path/to/socket`. */
  readonly admin: string
  /** The pool's reverse_proxy: its `@id`, or its path such as `/apps/http/servers/srv0/routes/0/handle/0`; null: the only one. */
  readonly handler: string | null
  /** Whether a member answers its health path; asked before visitors are sent to it. */
  readonly isHealthy: (url: string) => Promise<boolean>
  /** Bounds each try of a call, 5 s unless given: Caddy answers a change once it is in force. */
  readonly timeoutMs?: number
  /** Anywhere unless given. */
  readonly reach?: Reach
}

/**
 * Members are upstreams of a reverse_proxy, changed through the admin API (Caddy 2.6 or newer). Caddy would send
 * visitors to a new upstream at once, so a member waits, parked in Caddy's configuration, until `list()` finds it
 * healthy. A draining one is parked too: the old configuration serves out its requests, and Caddy goes on counting them.
 */
export function createCaddyBalancer(options: CaddyOptions): Balancer {
  const { reach = ANYWHERE } = options
  const admin = createAdmin(options.admin, options.timeoutMs ?? 5000, reach)
  /** URLs as they were given, so that callers find them again. */
  const spelling = new Set<string>()
  const hosts = createHosts(controlHost(options.admin))

  const read = async () => {
    const answer = await admin.get(SERVERS)
    if (answer.status !== 200) throw refused(complaint(answer, reach.quotes), answer.status >= 500)
    const service = readService(answer.body, options.handler, hosts)
    await hosts.learn([...service.hosts, ...[...spelling].map((url) => endpointOf(url).host)])
    return { service, etag: answer.etag }
  }
  /** The member as the caller spelled it. */
  const spelled = ({ url, dials }: ServiceMember, service: Service) =>
    [...spelling].findLast((one) => service.isAt(one, dials)) ?? url
  /** Where a member is; throws when an upstream may be it and nobody can say. */
  const find = (service: Service, url: string) => {
    const berth = service.berthOf(url)
    const unsure = berth === null ? service.unsure(url) : []
    if (unsure.length === 0) return berth
    throw refused(`its upstream ${unsure.join('; ')}, so it may be ${url} or not; write it with its address`, true)
  }

  /** Reads, changes and writes back what it changed, again if somebody was faster or the answer was lost; the state it left. */
  const change = async (edit: (service: Service) => boolean): Promise<Service> => {
    let lost = 0
    for (let attempt = 1; ; attempt += 1) {
      const { service, etag } = await read()
      if (!edit(service)) return service
      if (etag === null) {
        throw refused('it gave no ETag, so a change could undo others’; reach it without a proxy, 2.6 or newer', false)
      }
      const answer = await admin.patch(SERVERS, service.servers, etag).catch((error: unknown) => {
        lost += 1
        if (lost === LOST) throw error
        return null
      })
      if (answer?.status === 200) return service
      if (answer !== null && answer.status !== 412) throw refused(complaint(answer, reach.quotes), answer.status >= 500)
      if (attempt === CHANGES) throw refused('its configuration keeps being changed by others', true)
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt * (0.5 + Math.random())))
    }
  }

  return {
    kind: 'caddy',
    async add(url) {
      endpointOf(url)
      spelling.add(url)
      const { service } = await read()
      if (find(service, url) === 'serving') return
      const berth = (await options.isHealthy(url)) ? 'serving' : 'waiting'
      await change((now) => find(now, url) !== 'serving' && now.move(url, berth))
    },
    async drain(url) {
      endpointOf(url)
      spelling.add(url)
      await change((service) => find(service, url) !== null && service.move(url, 'draining'))
    },
    async remove(url) {
      endpointOf(url)
      spelling.add(url)
      await change((service) => service.move(url, null))
      spelling.delete(url)
    },
    async list() {
      let { service } = await read()
      const health = new Map(
        await Promise.all(
          service.members
            .filter(({ berth }) => berth !== 'draining')
            .map(async (member) => [member.url, await options.isHealthy(spelled(member, service))] as const),
        ),
      )
      const ready = service.members.filter(({ url, berth }) => berth === 'waiting' && health.get(url) === true)
      if (ready.length > 0) {
        service = await change((now) => {
          // Who is no longer waiting was removed or drained while it was being asked.
          const moved = ready.filter(({ url }) => now.berthOf(url) === 'waiting' && now.move(url, 'serving'))
          return moved.length > 0
        })
      }
      const answer = await admin.get('/reverse_proxy/upstreams')
      if (answer.status !== 200) throw refused(complaint(answer, reach.quotes), answer.status >= 500)
      const counts = upstreamsSchema.safeParse(answer.body).data
      // A member that cannot be seen to be idle would be cut off.
      if (counts === undefined) throw refused('what it says of its upstreams cannot be read', true)
      return service.members.map((member): BackendState => {
        const { url, berth, dials } = member
        const its = counts.filter(({ address }) => dials.includes(address))
        const atMember = its.length === 0 ? null : its.reduce((sum, { num_requests }) => sum + num_requests, 0)
        const healthy = berth === 'serving' && health.get(url) === true
        return {
          // Its admin API counts neither answers nor their times, and its metrics are of all upstreams together.
          ...NO_FIGURES,
          url: spelled(member, service),
          state: berth === 'draining' ? 'draining' : healthy ? 'healthy' : 'unhealthy',
          inFlight: atMember ?? 0,
          failed: its.reduce((sum, { fails }) => sum + fails, 0),
          atMember,
        }
      })
    },
    queued: () => Promise.resolve(null),
    async obstacle() {
      const unsure = (await read()).service.unsure(null)
      if (unsure.length === 0) return null
      return `its upstream ${unsure.join('; ')}, so it cannot be known for a member, nor drained; write it as HOST:PORT`
    },
    async weigh() {
      // Caddy 2.6 knows no weights.
      await Promise.resolve()
    },
  }
}

function refused(why: string, retryable: boolean): SpinupError {
  return new SpinupError('balancerFailed', `Caddy's admin API refused: ${why}.`, { retryable })
}
