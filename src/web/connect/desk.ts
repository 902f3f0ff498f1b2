import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/place.ts'
import type { BalancerSettings } from '../../core/model/balancer-settings.ts'
import type { CloneSettings, MemberAddress } from '../../core/model/pool.ts'

/** A droplet to pick. */
export interface DropletPick {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly region: string
  readonly size: string
  /** e.g. `2 vCPU, 4 GB`. */
  readonly about: string
  /** GiB; null: not known. */
  readonly diskGib: number | null
  readonly dollarsPerHour: number | null
  readonly dollarsPerMonth: number | null
  /** IPv4, or IPv6 where there is no other. */
  readonly publicIp: string | null
  readonly privateIp: string | null
  /** null: in none that is known. */
  readonly vpcId: string | null
}

export interface LoadBalancerPick {
  readonly id: string
  readonly name: string
  readonly ip: string
  readonly rules: readonly string[]
  readonly targetPort: number | null
  readonly healthPath: string | null
  /** It sends traffic to the picked droplet already. */
  readonly serves: boolean
  /** Why it cannot be used; null: it can. */
  readonly unfit: string | null
}

/** A size that a clone of the picked droplet can have. */
export interface SizePick {
  readonly slug: string
  readonly about: string
  readonly dollarsPerHour: number
  readonly dollarsPerMonth: number
}

export interface SizeOffer {
  readonly sizes: readonly SizePick[]
  /** Why the droplet's own size is not among them, as a sentence; null: it is. */
  readonly ownUnfit: string | null
}

/** A way into an account: consent, a pasted token, or the bot's own environment. */
export type Access =
  | { readonly kind: 'code'; readonly code: string; readonly verifier: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'environment' }

export interface ScopeNeed {
  readonly scope: string
  readonly why: string
}

/** What came of checking an access; it is only kept when it can do everything. */
export type LinkOutcome =
  | { readonly ok: true; readonly account: string; readonly name: string }
  | { readonly ok: false; readonly words: string; readonly missing: readonly ScopeNeed[] }

/** Everything chosen on the page. */
export interface Choices {
  readonly account: string
  readonly droplet: DropletPick
  readonly balancer: BalancerPick
  readonly members: MembersPick
}

export interface BalancerPick {
  readonly name: string
  readonly settings: BalancerSettings | null
  /** A line for people. */
  readonly about: string
  /** Where it sends requests and looks for health, where it tells. */
  readonly port: number | null
  readonly healthPath: string | null
}

export interface MembersPick {
  readonly address: MemberAddress
  readonly healthPath: string
  readonly clones: CloneSettings
  readonly size: SizePick
}

/** What stands in the balancers' forms before anything is typed: the bot's environment. */
export interface BalancerDefaults {
  readonly haproxy: { readonly address: string; readonly backend: string } | null
  readonly caddy: { readonly admin: string; readonly handler: string | null } | null
  readonly webhook: { readonly format: 'json' | 'form'; readonly settleMs: number } | null
}

/** What the connect page needs done. Throws `SpinupError` with a message fit for people. Tokens go in and never out. */
export interface ConnectDesk {
  /** Whether people can log in at DigitalOcean; else they paste a token. */
  readonly oauth: boolean
  /** Whether the bot's environment has an account that needs no linking. */
  readonly environment: boolean
  /** For another team than the installation's: what is on this machine, or in its network, is not theirs. */
  readonly outside: boolean
  readonly neededScopes: readonly ScopeNeed[]
  /** Done without where a token lacks them. */
  readonly welcomeScopes: readonly ScopeNeed[]
  readonly balancers: readonly { readonly name: string; readonly about: string }[]
  readonly defaults: BalancerDefaults
  /** Where droplets reach this bot. */
  readonly publicUrl: string
  /** The most members a new pool may have. */
  readonly mostMembers: number
  authorize(): { readonly url: string; readonly state: string; readonly verifier: string }
  link(access: Access): Promise<LinkOutcome>
  droplets(account: string, text: string): Promise<readonly DropletPick[]>
  loadBalancers(account: string, droplet: DropletPick): Promise<readonly LoadBalancerPick[]>
  /** Those that its snapshot fits on and that are to be had in its region: the droplet's own first, then cheapest first. */
  sizes(account: string, droplet: DropletPick): Promise<SizeOffer>
  /** What clones of the droplet will not have, or do otherwise; a sentence each. */
  caveats(choices: Choices): Promise<readonly string[]>
  /** Asks a member's health path, as the bot will. */
  probe(url: string): Promise<{ readonly healthy: boolean; readonly detail: string }>
  /** Puts a webhook's URL and secret away; the vault's id for them. */
  seal(webhook: { readonly url: string; readonly secret: string }): Promise<string>
  /** Gives up an account or sealed webhook that was not chosen after all. */
  drop(id: string): Promise<void>
  /** Makes the pool; the line that puts the agent on the droplet. */
  connect(choices: Choices, asker: Asker): Promise<{ readonly pool: string; readonly line: string | null }>
  /** Another access for a pool that is connected; its name. */
  relink(poolId: string, account: string): Promise<{ readonly pool: string }>
}

/** The desk as it is for a team: one that is not the installation's own brings its own account and balancer. */
export function deskFor(desk: ConnectDesk, { place }: Asker): ConnectDesk {
  if (place.tenant === null) return desk
  return {
    ...desk,
    environment: false,
    outside: true,
    balancers: desk.balancers.filter(({ name }) => name !== 'builtin'),
    defaults: { haproxy: null, caddy: null, webhook: null },
    async link(access) {
      if (access.kind !== 'environment') return desk.link(access)
      throw new SpinupError('unauthorised', 'The bot’s own account is its own team’s. Log in, or paste a token.')
    },
  }
}
