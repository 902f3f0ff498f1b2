import type { Exchange } from './exchange.ts'

/** How long things take, ms. Zero is allowed: then it happens on the next turn of the event loop. */
export interface Timings {
  /** From accepting a create to `active`, without the backing's own boot. */
  readonly createMs: number
  /** `shutdown`, `power_off`, `power_on`, `reboot` and every other short action. */
  readonly powerMs: number
  readonly snapshotMs: number
  /** How long a deleted droplet is still listed, locked. */
  readonly destroyMs: number
  /** A load balancer's way from `new` to `active`. */
  readonly balancerCreateMs: number
  /** How long a load balancer refuses further changes (403, "processes previous actions") after one. */
  readonly balancerBusyMs: number
  /** How long a droplet must be reachable, or not, before the balancer's checks say so. */
  readonly healthCheckMs: number
}

export const defaultTimings: Timings = {
  createMs: 40,
  powerMs: 20,
  snapshotMs: 40,
  destroyMs: 0,
  balancerCreateMs: 20,
  balancerBusyMs: 0,
  healthCheckMs: 30,
}

export interface Limits {
  readonly perMinute: number
  readonly perHour: number
  /** `GET /v2/account/keys` has a limit of its own. */
  readonly keyListsPerMinute: number
}

export const defaultLimits: Limits = { perMinute: 250, perHour: 5000, keyListsPerMinute: 10 }

/** What a backing is given of a droplet. */
export interface BackedDroplet {
  readonly id: number
  readonly name: string
  readonly region: string
  readonly size: string
  /** The image it was made from; a snapshot's id is the one given to `snapshot`, as a string. */
  readonly imageId: string
  readonly userData: string
  readonly tags: readonly string[]
  /** Base of this droplet's metadata service, in the place of `http://169.254.169.254`. */
  readonly metadataUrl: string
}

/** Something real behind each fake droplet. A rejection makes the action end `errored`. */
export interface Backing {
  boot(droplet: BackedDroplet): Promise<{ readonly ip: string; readonly port?: number }>
  power(droplet: BackedDroplet, to: 'on' | 'off'): Promise<void>
  snapshot(droplet: BackedDroplet, snapshotId: string): Promise<void>
  destroy(droplet: BackedDroplet): Promise<void>
}

export interface OAuthApplication {
  readonly clientId: string
  /** null: a public client, which must use PKCE. */
  readonly clientSecret: string | null
  readonly redirectUris: readonly string[]
  readonly name?: string
}

export interface DigitalOceanOptions {
  /** 0, the default, picks a free one. */
  readonly port?: number
  readonly timings?: Partial<Timings>
  readonly limits?: Partial<Limits>
  readonly dropletLimit?: number
  readonly backing?: Backing
  readonly applications?: readonly OAuthApplication[]
  /** What the person at the authorisation page does; `page` shows it and waits for the form. */
  readonly consent?: 'page' | 'approve' | 'deny'
  /** Seconds an OAuth access token lasts; 30 days as the real ones. */
  readonly tokenLifeSeconds?: number
  /** Asked by the balancers' checks about each active droplet they know; default: healthy. */
  readonly healthy?: (droplet: { readonly id: number; readonly ip: string; readonly port: number | null }) => boolean
  /** Epoch ms; for tests of expiry and limits. Delays run on real time. */
  readonly now?: () => number
  /** So many exchanges stay in the log; all unless given. */
  readonly keeps?: number
  /** Called with each exchange when it is over, however it ended. */
  readonly onExchange?: (exchange: Exchange) => void
}
