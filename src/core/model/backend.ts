/** A member as the balancer sees it. */
export interface BackendState extends Figures {
  readonly url: string
  readonly state: 'healthy' | 'unhealthy' | 'draining'
  /**
   * What it has yet to finish, requests held back for it included: a drain is over at 0. A balancer that cannot tell says
   * 1 until a draining member has had time to end, else 0; see `atMember` for what is known.
   */
  readonly inFlight: number
  /** Failed requests (no answer from any member, or 502/503/504 of our making) since it was added. */
  readonly failed: number
}

/** What a balancer measures of a member's traffic; `null` where it cannot tell, which is never said as 0. */
export interface Figures {
  /** Answered requests a second over the last few seconds. */
  readonly rps: number | null
  /** 95th percentile of whole answers over the last few seconds, ms; null when there were none, too. Streams are not among them. */
  readonly p95Ms: number | null
  /** 95th percentile of the time to first byte over the last few seconds, ms; null when idle, too. */
  readonly firstByteP95Ms: number | null
  /** Requests at the member right now: those that wait and those that stream. */
  readonly atMember: number | null
  /** Of these, requests that are there as a whole and have no first byte of an answer. */
  readonly waiting: number | null
  /** Of these, answers and uploads under way and upgraded connections. */
  readonly streaming: number | null
  /** Requests that the balancer holds back for this very member. */
  readonly queued: number | null
}

/** What the slowest of them takes, p95 in ms; null: it is not known, or they are idle. */
export function slowestP95Ms(backends: readonly Figures[] | null): number | null {
  const known = (backends ?? []).flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms]))
  return known.length === 0 ? null : Math.max(...known)
}

/** What a pool's balancer was seen to serve. Neither backends nor trouble: nothing is known yet. */
export interface BalancerReading {
  /** When the look began, epoch ms. */
  readonly at: number
  /** null: it could not be asked. */
  readonly backends: readonly BackendState[] | null
  /** Requests held back because no member can take them; null: the balancer cannot tell. */
  readonly queued: number | null
  /** Why not, in words. */
  readonly trouble: string | null
}

/** Requests a second of all members together; null: nobody counts them, which is not zero. */
export function rpsOf(backends: readonly BackendState[] | null): number | null {
  return sumOf((backends ?? []).map(({ rps }) => rps))
}

/** What is known of a figure, together; null: nobody reported it. */
export function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}

/**
 * How a pool's balancer is reached: what the balancer named `kind` made of its form, read by its own schema alone. null in
 * a pool: none needed, or those of the environment. Secrets are not here: they are in the vault, under `entry`.
 */
export interface BalancerSettings {
  readonly kind: string
  readonly entry?: string
  readonly [name: string]: unknown
}

/** A load balancer of a cloud account, as the cloud tells it. */
export interface LoadBalancer {
  readonly dropletIds: readonly number[]
  /** It takes all droplets of this tag, and no single ones; null: it takes the ones it is given. */
  readonly tag: string | null
  readonly active: boolean
  /** How long a new droplet's checks take to pass: check interval × healthy threshold, ms. */
  readonly passMs: number
}

/** One load balancer at a cloud's API, with its own deadlines and retries. What it throws has a message fit for chat. */
export interface LoadBalancerClient {
  /** May be some seconds old; `fresh`: as it is now. */
  get(fresh?: 'fresh'): Promise<LoadBalancer>
  addDroplets(ids: readonly number[]): Promise<void>
  removeDroplets(ids: readonly number[]): Promise<void>
  /** What its own checks last said of each droplet; empty where that is not known. */
  health(): Promise<ReadonlyMap<number, boolean>>
}
