import type { Logger } from 'pino'
import type { z } from 'zod'
import type { BalancerSettings, LoadBalancerClient } from '../core/model/backend.ts'
import type { ConnectField, ConnectFields } from '../core/model/form.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Member } from '../core/model/member.ts'
import type { LoadBalancerPick } from '../core/model/droplet.ts'
import type { Pool } from '../core/model/pool.ts'
import type { Balancer, MemberRecord } from './balancer.ts'
import type { Reach } from './outside.ts'

/**
 * All that Spinup knows of a kind of balancer. `Env` is what its variables say, `Settings` what a pool keeps of it. The
 * record is loaded at every start, so it imports its SDK only inside `start` and `open`.
 */
export interface BalancerEntry<Env = unknown, Settings extends BalancerSettings = BalancerSettings> {
  /** As pools keep it; never changes. */
  readonly name: string
  /** As people read it. */
  readonly label: string
  /** A line for people who choose. */
  readonly about: string
  /** Its variables of the environment, read; an issue names its variable, or says in words what is missing. */
  readonly environment: z.ZodType<Env>
  /** Reads what a pool keeps; null: nothing is kept. */
  readonly settings: z.ZodType<Settings> | null
  readonly form: BalancerForm<Env, Settings>
  /** Name of the cloud whose accounts have it; absent: it stands before droplets of any. */
  readonly cloud?: string
  /**
   * What one pool has for itself at it: a backend, a load balancer. Two pools with the same would be one to it, so the
   * second is refused. Null: it is not known how to reach it.
   */
  front(env: Env, settings: Settings | null): string | null
  /** It runs on the bot's own machine, so it is for the installation's own team alone. */
  readonly inside?: true
  /** At every start of the bot. */
  start(env: Env, around: BalancerSurroundings): Promise<ReadyBalancer<Settings>>
}

/** Its part of the connect page. */
export interface BalancerForm<Env, Settings> {
  readonly fields: readonly ConnectField[]
  /** What stands in it at first, by the environment. */
  begin?(env: Env): ConnectFields
  /** What stands in it once it was chosen; without secrets. */
  filled?(settings: Settings): ConnectFields
  /** Checks what was sent, and puts secrets away. Throws `badInput` in words. */
  read(fields: ConnectFields, around: FormSurroundings): Promise<BalancerAnswer>
}

export interface FormSurroundings {
  /** Throws `badInput` where the person who fills in the form may not have the bot reach that address. */
  readonly allow: (address: string) => Promise<void>
  readonly loadBalancers: () => Promise<readonly LoadBalancerPick[]>
  /** Puts secrets into the vault; the id for `BalancerSettings.entry`. */
  readonly seal: (secrets: Readonly<Record<string, string>>) => Promise<string>
}

/** What was chosen. */
export interface BalancerAnswer {
  readonly settings: BalancerSettings | null
  /** A line for people; the entry's own unless given. */
  readonly about?: string
  /** Where it sends requests and looks for health, where it tells. */
  readonly port?: number | null
  readonly healthPath?: string | null
}

/** What a balancer may need to come up. */
export interface BalancerSurroundings {
  readonly dataDir: string
  /** Guards what Spinup itself runs as a balancer: a key for that alone. */
  readonly controlKey: string
  /** What was sealed; null: it is gone. */
  readonly unseal: (entry: string) => Promise<string | null>
  /** A load balancer of the account that a pool's droplets are in. */
  readonly loadBalancer: (pool: Pool, id: string) => Promise<LoadBalancerClient>
  /** Waits for a pool's cloud, as a share of the usual; tests are less patient. */
  readonly patience: (pool: Pool) => number
  readonly now: () => number
  readonly log: Logger
}

/** What a balancer may need to know of the pool it stands before. */
export interface PoolSurroundings {
  readonly members: () => Promise<readonly Member[]>
  readonly record: MemberRecord
  /** Ms of a clock that nobody sets, the same at all bots: what the record's times are by. */
  readonly elapsed: () => number
  /** How a balancer at this address may be reached for this pool. Throws `badInput` where it may not. */
  readonly reach: (address: string) => Reach
  /** Whether a member answers its health path. */
  readonly isHealthy: (url: string) => Promise<boolean>
}

export interface ReadyBalancer<Settings> {
  /** `settings`: the pool's own; null: there are none that this balancer can read. */
  open(pool: Pool, settings: Settings | null, around: PoolSurroundings): Promise<Balancer>
  /** Where visitors reach it, where Spinup runs it itself. */
  readonly url?: string
  /** Called when the bot stops; a balancer goes on serving. */
  readonly release?: () => void
}

/** The balancer was chosen and its settings are gone. */
export function unset(pool: Pool): SpinupError {
  return new SpinupError(
    'configuration',
    `It is not known how to reach the ${pool.balancer} balancer of ${pool.name}: set its variables (see docs/balancers.md), or type /spinup disconnect and connect again.`,
  )
}

/** What was typed is wrong, in words. */
export function wrong(words: string): SpinupError {
  return new SpinupError('badInput', words)
}

/** Whether it is a web address of these protocols without a name or password in it. */
export function isPlainUrl(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return protocols.includes(url.protocol) && url.username + url.password === ''
}
