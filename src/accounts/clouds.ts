import { SpinupError } from '../core/model/error.ts'
import type { Pool } from '../core/model/pool.ts'
import { isOnThisMachine } from '../core/model/reach.ts'
import type { CloudEntry, Login, ReadyCloud } from '../providers/cloud.ts'

/** A cloud as this bot is set up for it. */
export interface Cloud {
  readonly entry: CloudEntry
  readonly ready: ReadyCloud
  /** null: this bot has no application there, so people paste tokens. */
  readonly login: Login | null
}

export interface Clouds {
  readonly all: readonly Cloud[]
  /** Every one is a stand-in on this machine, and so are its droplets. */
  readonly areHere: boolean
  /** Throws `notFound` saying which there are. */
  named(name: string): Cloud
  /** The one whose account of the environment that is; null: it is none's. */
  ofEnvironment(accountId: string): Cloud | null
}

/** Sets up every cloud; `environments` by name. */
export function createClouds(
  entries: readonly CloudEntry[],
  environments: Readonly<Record<string, unknown>>,
  around: { readonly redirectUri: string; readonly now: () => number },
): Clouds {
  const all = entries.map((entry): Cloud => {
    const ready = entry.start(environments[entry.name])
    return { entry, ready, login: ready.login(around.redirectUri, around.now) }
  })
  return {
    all,
    areHere: all.every(({ ready }) => isOnThisMachine(ready.clockUrl)),
    named(name) {
      const found = all.find(({ entry }) => entry.name === name)
      if (found !== undefined) return found
      throw new SpinupError(
        'notFound',
        `There is no provider called ${name} here; there is ${all.map(({ entry }) => entry.name).join(', ')}. Check the configuration this bot was started with.`,
      )
    },
    ofEnvironment: (accountId) => all.find(({ entry }) => entry.environmentAccount === accountId) ?? null,
  }
}

/** The id of the linked account that a pool's droplets are in. Throws `configuration` where there is none. */
export function accountOf(pool: Pool): string {
  if (pool.account !== null) return pool.account
  throw new SpinupError('configuration', `${pool.name} has no linked account; type /spinup connect account.`)
}

/** Whose clock ours can be compared with. */
export function clockOf({ entry, ready }: Cloud): { readonly name: string; readonly url: string } {
  return { name: entry.label, url: ready.clockUrl }
}
