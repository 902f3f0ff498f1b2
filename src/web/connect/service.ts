import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import type { BalancerSettings } from '../../core/model/backend.ts'
import type { ConnectField, ConnectFields } from '../../core/model/form.ts'
import type { DropletPick, LoadBalancerPick, ScopeNeed, SizeOffer, SizePick } from '../../core/model/droplet.ts'
import type { CloneSettings, MemberAddress } from '../../core/model/pool.ts'
import type { CheckLine } from '../../core/model/view.ts'

/** A way into an account: consent, a pasted token, or the bot's own environment. */
export type Access =
  | { readonly kind: 'code'; readonly code: string; readonly verifier: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'environment' }

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

/** A cloud whose accounts can be linked, and the ways into one. */
export interface CloudOffer {
  readonly name: string
  readonly label: string
  /** People can log in there; else they paste a token. */
  readonly login: boolean
  /** The bot's environment has an account that needs no linking. */
  readonly environment: boolean
  readonly token: {
    /** Where one is made. */
    readonly page: string
    readonly example: string
    readonly needed: readonly ScopeNeed[]
    /** Done without where a token lacks them. */
    readonly welcome: readonly ScopeNeed[]
  }
}

export interface BalancerOffer {
  readonly name: string
  readonly label: string
  /** A line for people who choose. */
  readonly about: string
  /** The cloud whose accounts have it; null: it stands before droplets of any. */
  readonly cloud: string | null
  /** It is on the bot's own machine. */
  readonly inside: boolean
  readonly fields: readonly ConnectField[]
  /** What stands in them before anything is typed: the bot's environment. */
  readonly begin: ConnectFields
}

/** What the connect page needs done. Throws `SpinupError` with a message fit for people. Tokens go in and never out. */
export interface ConnectService {
  readonly clouds: readonly CloudOffer[]
  /** For another team than the installation's: what is on this machine, or in its network, is not theirs. */
  readonly outside: boolean
  readonly balancers: readonly BalancerOffer[]
  /** The most members a new pool may have. */
  readonly mostMembers: number
  authorize(cloud: string): { readonly url: string; readonly state: string; readonly verifier: string }
  link(cloud: string, access: Access): Promise<LinkOutcome>
  droplets(account: string, text: string): Promise<readonly DropletPick[]>
  loadBalancers(account: string, droplet: DropletPick): Promise<readonly LoadBalancerPick[]>
  /** Those that its snapshot fits on and that are available in its region: the droplet's own first, then cheapest first. */
  sizes(account: string, droplet: DropletPick): Promise<SizeOffer>
  /** What clones of the droplet will not have, or do otherwise; a sentence each. */
  caveats(choices: Choices): Promise<readonly string[]>
  /** Asks a member's health path, as the bot will. */
  probe(url: string): Promise<{ readonly healthy: boolean; readonly detail: string }>
  /** Whether the droplet will reach this bot, to report and to fetch its agent. */
  reach(droplet: DropletPick): Promise<CheckLine>
  /** Has a balancer check what was typed; secrets are put away. Throws `badInput` in words. */
  balancer(
    name: string,
    fields: ConnectFields,
    around: {
      readonly allow: (address: string) => Promise<void>
      readonly loadBalancers: () => Promise<readonly LoadBalancerPick[]>
    },
  ): Promise<BalancerPick>
  /** What stands in a balancer's fields once it was chosen, without secrets. */
  filled(balancer: BalancerPick): ConnectFields
  /** Gives up an account or sealed secrets that were not chosen after all. */
  drop(id: string): Promise<void>
  /** Makes the pool; the line that puts the agent on the droplet. */
  connect(choices: Choices, asker: Asker): Promise<{ readonly pool: string; readonly line: string | null }>
  /** Another access for a pool that is connected; its name. */
  relink(poolId: string, account: string): Promise<{ readonly pool: string }>
}

/** The desk as it is for a team: one that is not the installation's own brings its own account and balancer. */
export function serviceFor(service: ConnectService, { place }: Asker): ConnectService {
  if (place.tenant === null) return service
  return {
    ...service,
    outside: true,
    clouds: service.clouds.map((cloud) => ({ ...cloud, environment: false })),
    balancers: service.balancers.filter(({ inside }) => !inside).map((one) => ({ ...one, begin: {} })),
    async link(cloud, access) {
      if (access.kind !== 'environment') return service.link(cloud, access)
      throw new SpinupError('unauthorised', 'The bot’s own account is its own team’s. Log in, or paste a token.')
    },
  }
}
