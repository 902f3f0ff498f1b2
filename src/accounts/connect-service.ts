import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { createMemoryLimiter, newPkce, newState } from './credential.ts'
import type { BalancerEntry } from '../balancers/entry.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Asker } from '../core/model/platforms.ts'
import type { PoolChoice } from '../engine/connect/begin-pool.ts'
import type { AccountReport, CloudAccount } from '../providers/cloud.ts'
import type { Vault } from '../store/vault.ts'
import type { BalancerOffer, CloudOffer, ConnectService, LinkOutcome } from '../web/connect/service.ts'
import type { AccessTo } from './access.ts'
import { SEALED_PREFIX, type Accounts } from './accounts.ts'
import type { Cloud, Clouds } from './clouds.ts'

export interface ConnectServiceOptions extends Pick<ConnectService, 'probe' | 'reach' | 'relink' | 'mostMembers'> {
  readonly clouds: Clouds
  readonly accounts: Accounts
  readonly access: AccessTo
  readonly vault: Vault
  /** What can stand before droplets, each with what its variables say. */
  readonly balancers: readonly { readonly entry: BalancerEntry; readonly env: unknown }[]
  readonly now: () => number
  readonly log: Logger
  readonly signal: AbortSignal
  /** Whether a pool has this account or sealed secret. */
  readonly inUse: (id: string) => Promise<boolean>
  readonly connect: (
    choice: PoolChoice,
    droplet: { readonly id: string; readonly name: string },
    asker: Asker,
  ) => Promise<{ readonly pool: string; readonly line: string | null }>
}

/** What the connect page needs done, at the clouds. An access is checked before it is kept. */
export function createConnectService(options: ConnectServiceOptions): ConnectService {
  const { clouds, accounts, vault, now, log, signal } = options
  const opened = new Map<string, Promise<CloudAccount>>()

  async function open(id: string): Promise<CloudAccount> {
    const { entry, ready } = await accounts.cloudOf(id)
    return ready.account(options.access(entry, id))
  }
  function account(id: string): Promise<CloudAccount> {
    const known = opened.get(id) ?? open(id)
    opened.set(id, known)
    known.catch(() => opened.delete(id))
    return known
  }
  const check = ({ entry, ready }: Cloud, token: string): Promise<AccountReport> =>
    ready.check({ token: async () => token, limiter: createMemoryLimiter(entry.limits), log, now, signal })
  const loginOf = ({ entry, login }: Cloud) => {
    if (login !== null) return login
    throw new SpinupError('conflict', `This bot has no ${entry.variables.application}; paste a token.`)
  }

  return {
    clouds: clouds.all.map(cloudOffer),
    outside: false,
    balancers: options.balancers.map(balancerOffer),
    mostMembers: options.mostMembers,
    probe: options.probe,
    reach: options.reach,
    relink: options.relink,

    authorize(name) {
      const login = loginOf(clouds.named(name))
      const state = newState()
      const { verifier, challenge } = newPkce()
      return { url: login.authorizeUrl({ state, challenge }), state, verifier }
    },

    async link(name, access): Promise<LinkOutcome> {
      const cloud = clouds.named(name)
      const { entry, ready } = cloud
      const linked = (id: string, { name: whose }: AccountReport): LinkOutcome => ({
        ok: true,
        account: id,
        name: whose ?? `${entry.label} account`,
      })
      if (access.kind === 'environment') {
        const { token } = ready
        if (token === null) throw new SpinupError('conflict', `${entry.variables.token} is not set on this bot.`)
        const report = await check(cloud, token)
        return refusalOf(report) ?? linked(entry.environmentAccount, report)
      }
      if (access.kind === 'token') {
        const report = await check(cloud, access.token)
        return refusalOf(report) ?? linked(await accounts.keep(name, { token: access.token }), report)
      }
      const login = loginOf(cloud)
      const grant = await login.exchange(access)
      const report = await check(cloud, grant.accessToken)
      const refused = refusalOf(report)
      if (refused === null) return linked(await accounts.keep(name, { grant }), report)
      // What is not kept shall not lie around at the cloud either.
      await login.revoke(grant.accessToken).catch(() => undefined)
      return refused
    },

    droplets: async (id, text) => (await account(id)).droplets(text),
    loadBalancers: async (id, droplet) => (await account(id)).loadBalancers(droplet),
    sizes: async (id, droplet) => (await account(id)).sizes(droplet),
    caveats: async ({ account: id, droplet, members, balancer }) =>
      (await account(id)).caveats(droplet, { network: members.address.network, by: balancer.about }),

    async balancer(name, fields, around) {
      const { entry } = options.balancers.find((one) => one.entry.name === name) ?? {}
      if (entry === undefined) throw new SpinupError('badInput', 'Choose one of the balancers.')
      const seal = async (secrets: Readonly<Record<string, string>>): Promise<string> => {
        const id = SEALED_PREFIX + randomBytes(8).toString('hex')
        await vault.put(id, JSON.stringify({ ...secrets, keptAt: now() }))
        return id
      }
      const {
        settings,
        about = entry.about,
        port = null,
        healthPath = null,
      } = await entry.form.read(fields, {
        ...around,
        seal,
      })
      return { name, settings, about, port, healthPath }
    },

    filled({ name, settings }) {
      const entry = options.balancers.find((one) => one.entry.name === name)?.entry
      const own = entry?.settings?.safeParse(settings)
      return (own?.success === true ? entry?.form.filled?.(own.data) : undefined) ?? {}
    },

    async drop(id) {
      // Another window of the same person may have connected with it meanwhile.
      if (clouds.ofEnvironment(id) !== null || (await options.inUse(id))) return
      await accounts.forget(id)
    },

    async connect({ account: id, droplet, balancer, members }, asker) {
      const choice: PoolChoice = {
        provider: (await accounts.cloudOf(id)).entry.name,
        account: id,
        balancer: balancer.name,
        balancerSettings: balancer.settings,
        address: members.address,
        clones: members.clones,
        dollarsPerHour: members.size.dollarsPerHour,
        healthPath: members.healthPath,
      }
      return options.connect(choice, droplet, asker)
    },
  }
}

function cloudOffer({ entry, ready, login }: Cloud): CloudOffer {
  const { name, label, token } = entry
  return { name, label, token, login: login !== null, environment: ready.token !== null }
}

function balancerOffer({ entry, env }: ConnectServiceOptions['balancers'][number]): BalancerOffer {
  const { name, label, about, form, cloud = null, inside = false } = entry
  return { name, label, about, cloud, inside, fields: form.fields, begin: form.begin?.(env) ?? {} }
}

/** Why an access is not taken; null: it can do everything. */
function refusalOf({ accepted, locked, missing, unknown, words }: AccountReport): LinkOutcome | null {
  if (accepted && missing.length === 0 && unknown.length === 0 && !locked) return null
  return { ok: false, words, missing: accepted && !locked ? missing : [] }
}
