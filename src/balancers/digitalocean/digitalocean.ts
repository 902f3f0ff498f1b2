import { messageOf, SpinupError } from '../../core/model/error.ts'
import type { LoadBalancerClient } from '../../core/model/backend.ts'
import { NO_FIGURES, type BackendState, type Balancer, type MemberRecord } from '../balancer.ts'

export interface DigitalOceanBalancerOptions {
  readonly client: LoadBalancerClient
  /** The droplet behind a member's base URL, and the other way round; null: none that Spinup knows. */
  readonly dropletOf: (url: string) => Promise<number | null>
  readonly urlOf: (dropletId: number) => Promise<string | null>
  readonly record: MemberRecord
  /** Whether a member answers its health path; asked where DigitalOcean's own checks are not known. */
  readonly isHealthy: (url: string) => Promise<boolean>
  /** How long a member that was taken off is taken to be busy, 60 s unless given. */
  readonly settleMs?: number
  /** Between tries while the load balancer is busy with an earlier change, 3 s unless given. */
  readonly busyMs?: number
  /** How long what its checks said is not asked for again, 20 s unless given: metrics are a minute old anyway. */
  readonly healthFreshMs?: number
  /** Epoch ms; the clock unless given. */
  readonly now?: () => number
}

/** Changes while it is still busy with the one before are refused; it takes seconds, seldom half a minute. */
const BUSY_TRIES = 8

/**
 * Members are the droplets of a DigitalOcean load balancer, which sends nothing to a droplet until its own check passes.
 * It knows no draining and tells nobody's requests in flight: a draining member is taken off and counts as busy until
 * `settleMs` have passed.
 */
export function createDigitalOceanBalancer(options: DigitalOceanBalancerOptions): Balancer {
  const { client, record } = options
  const now = options.now ?? Date.now
  const settleMs = options.settleMs ?? 60_000
  let latest: { readonly at: number; readonly health: ReadonlyMap<number, boolean> } | null = null

  const ask = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call()
      } catch (error) {
        const busy = error instanceof SpinupError && error.refusal?.kind === 'busy'
        if (!busy || attempt === BUSY_TRIES) throw failure(error, busy)
        await new Promise((resolve) => setTimeout(resolve, (options.busyMs ?? 3000) * (0.5 + Math.random())))
      }
    }
  }
  const health = async () => {
    if (latest === null || now() - latest.at >= (options.healthFreshMs ?? 20_000))
      latest = { at: now(), health: await ask(client.health) }
    return latest.health
  }
  /** As it is now: what was kept may be of before another bot's change. */
  const look = async () => ask(() => client.get('fresh'))
  /** A change that was refused may be made already, by a call whose answer was lost or by somebody else. */
  const change = async (id: number, to: 'in' | 'out') => {
    try {
      await ask(() => (to === 'in' ? client.addDroplets([id]) : client.removeDroplets([id])))
    } catch (error) {
      const now = await look().catch(() => null)
      if (now === null || now.dropletIds.includes(id) !== (to === 'in')) throw error
    }
  }
  /** Whether it had to be taken off. */
  const take = async (url: string): Promise<boolean> => {
    const id = await options.dropletOf(url)
    if (id === null) return false
    const { dropletIds, tag } = await look()
    if (!dropletIds.includes(id)) return false
    if (tag !== null) throw failure(new Error(byTag(tag)), false)
    await change(id, 'out')
    return true
  }
  const recorded = async (url: string) => (await record.all()).find((member) => member.url === url)

  return {
    kind: 'digitalocean',
    async add(url) {
      const id = await options.dropletOf(url)
      if (id === null) throw failure(new Error(`no droplet of the pool answers at ${url}`), false)
      const { dropletIds, tag } = await look()
      if (dropletIds.includes(id)) {
        if ((await recorded(url))?.state !== 'draining') return
      } else {
        if (tag !== null) throw failure(new Error(byTag(tag)), false)
        await change(id, 'in')
      }
      latest = null
      await record.put({ url, state: 'serving', since: now() })
    },
    async drain(url) {
      const begin = () => record.put({ url, state: 'draining', since: now() })
      // Recorded first: should the bot die in between, the member still gets its time. And again: taking it off may have
      // been refused for long.
      if ((await recorded(url))?.state !== 'draining') await begin()
      if (await take(url)) await begin()
    },
    async remove(url) {
      await take(url)
      await record.forget(url)
    },
    async list() {
      const [balancer, members] = [await ask(() => client.get()), await record.all()]
      const checks = await health()
      const known = new Map(members.map((member) => [member.url, member]))
      const serving = await Promise.all(balancer.dropletIds.map(async (id) => ({ id, url: await options.urlOf(id) })))
      const states: BackendState[] = []
      for (const { id, url } of serving) {
        if (url === null) continue
        const passed = now() - (known.get(url)?.since ?? 0) >= balancer.passMs
        const healthy = balancer.active && (checks.get(id) ?? (passed && (await options.isHealthy(url))))
        states.push(stateOf(url, healthy ? 'healthy' : 'unhealthy', 0))
      }
      for (const { url, state, since } of members) {
        // One that was put back by hand serves, whatever the record says.
        const serves = serving.some((one) => one.url === url)
        if (state === 'draining' && !serves) states.push(stateOf(url, 'draining', now() - since < settleMs ? 1 : 0))
      }
      return states
    },
    queued: () => Promise.resolve(null),
    async obstacle() {
      const { tag } = await ask(() => client.get())
      return tag === null ? null : byTag(tag)
    },
    async weigh() {
      // DigitalOcean's load balancers know no weights.
      await Promise.resolve()
    },
  }
}

/** Somebody set it so; droplets are assigned by their tags then. */
function byTag(tag: string): string {
  return `it takes every droplet tagged "${tag}", so single ones can be neither added nor taken off; let it take named droplets instead, in the control panel`
}

/** DigitalOcean tells neither requests, nor rates, nor times, nor failures of one droplet. */
function stateOf(url: string, state: BackendState['state'], inFlight: number): BackendState {
  return { ...NO_FIGURES, url, state, inFlight, failed: 0 }
}

function failure(error: unknown, busy: boolean): SpinupError {
  // Spinup's own Redis, which counts requests and keeps tokens, is no fault of the load balancer's.
  if (error instanceof SpinupError && error.code === 'storeFailed') return error
  const retryable = busy || (error instanceof SpinupError && error.retryable)
  // No cause: what vendors throw may hold the token.
  return new SpinupError('balancerFailed', `DigitalOcean's load balancer: ${messageOf(error)}`, { retryable })
}
