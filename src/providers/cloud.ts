import type { Logger } from 'pino'
import type { ZodType } from 'zod'
import type { LeastBill } from '../core/model/billing.ts'
import type { LoadBalancerClient } from '../core/model/backend.ts'
import type { DropletPick, LoadBalancerPick, ScopeNeed, SizeOffer } from '../core/model/droplet.ts'
import type { Pool } from '../core/model/pool.ts'
import type { Timing } from '../core/operation/timing.ts'
import type { Provider } from './provider.ts'

/**
 * All that Spinup knows of a cloud. `Env` is what its variables say. The record is loaded at every start, so it imports
 * its SDK only inside what `start` gives.
 */
export interface CloudEntry<Env = unknown> {
  /** As pools keep it; never changes. */
  readonly name: string
  /** As people read it. */
  readonly label: string
  /** Its variables of the environment, read; an issue names its variable, or says in words what is missing. */
  readonly environment: ZodType<Env>
  /** The id under which pools have the account of the environment; never changes. */
  readonly environmentAccount: string
  /** Names of the variables with a token, and with the application for logging in, for messages. */
  readonly variables: { readonly token: string; readonly application: string }
  /** How a token is made by hand. */
  readonly token: TokenGuide
  /** What it allows an account. */
  readonly limits: readonly RateWindow[]
  start(env: Env): ReadyCloud
}

export interface TokenGuide {
  /** Where one is made. */
  readonly page: string
  /** How one begins, e.g. `dop_v1_…`. */
  readonly example: string
  /** The least that does the job. */
  readonly needed: readonly ScopeNeed[]
  /** Done without where a token lacks them. */
  readonly welcome: readonly ScopeNeed[]
}

/** A cloud as this bot is set up for it. */
export interface ReadyCloud {
  /** How patient operations are. */
  readonly timing: Timing
  /** Every other wait, as a share of the usual; tests are less patient. */
  readonly patience: number
  /** What it bills for a droplet at least; absent: nothing beyond its time. */
  readonly leastBill?: LeastBill
  /** How long a droplet usually takes from its order until it serves, ms; absent: not known. */
  readonly usualBootMs?: number
  /** Of the account in the environment; null: there is none. */
  readonly token: string | null
  /** An address of it whose answers read its clock. */
  readonly clockUrl: string
  /** Logs people in; null: this bot has no application there, so they paste tokens. */
  login(redirectUri: string, now: () => number): Login | null
  /** Finds out what an access can do; nothing is changed by asking. */
  check(access: Access): Promise<AccountReport>
  account(access: Access): Promise<CloudAccount>
  provider(access: Access, pool: Pool): Promise<Provider>
  /** One load balancer of the account; absent: it has none. */
  loadBalancer?(access: Access, id: string): Promise<LoadBalancerClient>
}

/** How an account is spoken to. */
export interface Access {
  /** Asked before every try, so that a renewed token is used at once. */
  readonly token: () => Promise<string>
  readonly limiter: RateLimiter
  readonly log: Logger
  /** Epoch ms. */
  readonly now: () => number
  /** A clock that nobody sets, for how long something takes, ms. */
  readonly elapsed?: (() => number) | undefined
  /** Aborted when the bot stops. */
  readonly signal?: AbortSignal | undefined
}

/** Keeps an account's requests within what its cloud allows, over every bot that uses the account. */
export interface RateLimiter {
  /** 0: one request may go now, and is counted. Otherwise how long to wait before asking again, ms; nothing is counted. */
  take(): Promise<number>
  /** The cloud said so: nobody may send for `ms`. */
  hold(ms: number): Promise<void>
}

/** At most `limit` requests in any `ms`. */
export interface RateWindow {
  readonly limit: number
  readonly ms: number
}

/** What is behind an access. */
export interface AccountReport {
  /** false: the token is not known (any more); nothing else was asked then. */
  readonly accepted: boolean
  /** Nothing can be created in it until its owner has that changed. */
  readonly locked: boolean
  /** Whose it is, for people; null: it could not be asked. */
  readonly name: string | null
  /** What is to be said of it beside, e.g. `up to 25 droplets`. */
  readonly about: string | null
  readonly missing: readonly ScopeNeed[]
  /** Could not be found out, e.g. because a call failed. */
  readonly unknown: readonly ScopeNeed[]
  /** One or two sentences for people: what is lacking and what to do, or that it is fine. */
  readonly words: string
}

/** What an account has, for people who choose. */
export interface CloudAccount {
  /** Those in which every word of `text` is found, without the clones that Spinup made. */
  droplets(text: string): Promise<readonly DropletPick[]>
  /** Those that serve the droplet first, those that cannot be used last. */
  loadBalancers(droplet: DropletPick): Promise<readonly LoadBalancerPick[]>
  /** Those that its snapshot fits on and that are available in its region. */
  sizes(droplet: DropletPick): Promise<SizeOffer>
  /** What clones of a droplet will not have, or do otherwise; a sentence each. */
  caveats(
    droplet: DropletPick,
    reached: { readonly network: Pool['address']['network']; readonly by: string },
  ): Promise<readonly string[]>
}

/** What a team's consent is worth. Both tokens are secrets. */
export interface Grant {
  readonly accessToken: string
  /** null: there is none; the account must be linked again when this expires. */
  readonly refreshToken: string | null
  /** Epoch ms. */
  readonly expiresAt: number
  readonly scopes: readonly string[]
  /** The person or team that consented, as the cloud names it. */
  readonly account: string | null
}

/** The authorization code flow with PKCE. */
export interface Login {
  /** Where to send the person. */
  authorizeUrl(request: { readonly state: string; readonly challenge: string }): string
  /** Turns the code that came back into tokens. A code works once. */
  exchange(request: { readonly code: string; readonly verifier: string }): Promise<Grant>
  /** New tokens for old; the old refresh token is spent. */
  refresh(refreshToken: string): Promise<Grant>
  /** Makes a token worthless; one that is so already is fine. */
  revoke(accessToken: string): Promise<void>
}
