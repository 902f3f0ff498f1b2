import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { DigitalOceanAccount } from '../providers/digitalocean/account.ts'
import { newPkce, newState, type OAuth } from '../providers/digitalocean/oauth.ts'
import { createMemoryLimiter } from '../providers/digitalocean/rate-limit.ts'
import { NEEDED_SCOPES, WELCOME_SCOPES } from '../providers/digitalocean/scopes.ts'
import { carries, SPINUP_TAG } from '../providers/digitalocean/tags.ts'
import type { TokenReport } from '../providers/digitalocean/token-check.ts'
import { SpinupError } from '../core/model/error.ts'
import type { PoolChoice } from '../engine/connect/begin-pool.ts'
import type { Asker } from '../core/model/place.ts'
import type { Vault } from '../store/vault.ts'
import type { ConnectDesk, DropletPick, LinkOutcome, LoadBalancerPick } from '../web/connect/desk.ts'
import { ENVIRONMENT_ACCOUNT, WEBHOOK_PREFIX, type Accounts } from './accounts.ts'
import { caveats } from './caveats.ts'
import type { Edges } from './edges.ts'
import { balancerPick, sizeOffer } from './offers.ts'

export interface DeskOptions extends Pick<
  ConnectDesk,
  'balancers' | 'defaults' | 'probe' | 'relink' | 'mostMembers' | 'publicUrl'
> {
  readonly accounts: Accounts
  readonly edges: Edges
  readonly vault: Vault
  /** null: no application at DigitalOcean, so people paste tokens. */
  readonly oauth: OAuth | null
  readonly environmentToken: string | null
  readonly apiUrl: string
  readonly oauthUrl: string
  readonly now: () => number
  readonly log: Logger
  readonly signal: AbortSignal
  /** Whether a pool has this account or sealed webhook. */
  readonly inUse: (id: string) => Promise<boolean>
  readonly connect: (
    choice: PoolChoice,
    droplet: { readonly id: string; readonly name: string },
    asker: Asker,
  ) => Promise<{ readonly pool: string; readonly line: string | null }>
}

/** What the connect page needs done, at DigitalOcean. An access is checked before it is kept. */
export function createConnectDesk(options: DeskOptions): ConnectDesk {
  const { accounts, vault, oauth, now } = options
  const opened = new Map<string, DigitalOceanAccount>()

  async function account(id: string): Promise<DigitalOceanAccount> {
    const known = opened.get(id)
    if (known !== undefined) return known
    const { createDigitalOceanAccount } = await import('../providers/digitalocean/account.ts')
    const fresh = createDigitalOceanAccount(options.edges(id))
    opened.set(id, fresh)
    return fresh
  }

  async function check(token: string): Promise<TokenReport> {
    const { checkToken } = await import('../providers/digitalocean/token-check.ts')
    const { apiUrl, oauthUrl, log, signal } = options
    return checkToken({
      token: async () => token,
      apiUrl,
      oauthUrl,
      limiter: createMemoryLimiter(),
      log,
      now,
      signal,
    })
  }

  return {
    oauth: oauth !== null,
    environment: options.environmentToken !== null,
    outside: false,
    neededScopes: NEEDED_SCOPES,
    welcomeScopes: WELCOME_SCOPES,
    balancers: options.balancers,
    defaults: options.defaults,
    mostMembers: options.mostMembers,
    publicUrl: options.publicUrl,
    probe: options.probe,
    relink: options.relink,

    authorize() {
      if (oauth === null) throw new SpinupError('conflict', 'This bot has no DIGITALOCEAN_CLIENT_ID; paste a token.')
      const state = newState()
      const { verifier, challenge } = newPkce()
      return { url: oauth.authorizeUrl({ state, challenge }), state, verifier }
    },

    async link(access): Promise<LinkOutcome> {
      if (access.kind === 'environment') {
        const token = options.environmentToken
        if (token === null) throw new SpinupError('conflict', 'DIGITALOCEAN_TOKEN is not set on this bot.')
        const report = await check(token)
        return refusalOf(report) ?? { ok: true, account: ENVIRONMENT_ACCOUNT, name: nameOf(report) }
      }
      if (access.kind === 'token') {
        const report = await check(access.token)
        const refused = refusalOf(report)
        if (refused !== null) return refused
        return { ok: true, account: await accounts.keep({ token: access.token }), name: nameOf(report) }
      }
      if (oauth === null) throw new SpinupError('conflict', 'This bot has no DIGITALOCEAN_CLIENT_ID; paste a token.')
      const grant = await oauth.exchange(access)
      const report = await check(grant.accessToken)
      const refused = refusalOf(report)
      if (refused === null) return { ok: true, account: await accounts.keep({ grant }), name: nameOf(report) }
      // What is not kept shall not lie around at DigitalOcean either.
      await oauth.revoke(grant.accessToken).catch(() => undefined)
      return refused
    },

    async droplets(id, text) {
      const found = await (await account(id)).searchDroplets(text)
      return found
        .filter((one) => one.status !== 'archive' && !carries(one.tags, SPINUP_TAG))
        .map((one): DropletPick => ({
          id: one.id,
          name: one.name,
          status: one.status,
          region: one.region,
          size: one.size,
          about: one.about,
          diskGib: one.diskGib,
          dollarsPerHour: one.dollarsPerHour,
          dollarsPerMonth: one.dollarsPerMonth,
          publicIp: one.publicIp,
          privateIp: one.privateIp,
          vpcId: one.vpcId,
        }))
    },

    async loadBalancers(id, droplet) {
      const rank = (one: LoadBalancerPick): number => (one.unfit === null ? 0 : 2) + (one.serves ? 0 : 1)
      return (await (await account(id)).loadBalancers())
        .map((one) => balancerPick(one, droplet))
        .toSorted((a, b) => rank(a) - rank(b))
    },

    async sizes(id, droplet) {
      const all = await (await account(id)).sizes()
      return sizeOffer(all, droplet)
    },

    async caveats(choices) {
      const at = await account(choices.account)
      const { id } = choices.droplet
      const [droplet, reserved] = await Promise.all([at.droplet(id), at.reservedIps(id)])
      return caveats(choices, droplet, reserved)
    },

    async seal(webhook) {
      const id = WEBHOOK_PREFIX + randomBytes(8).toString('hex')
      await vault.put(id, JSON.stringify({ ...webhook, keptAt: now() }))
      return id
    },

    async drop(id) {
      // Another window of the same person may have connected with it meanwhile.
      if (await options.inUse(id)) return
      if (id.startsWith(WEBHOOK_PREFIX)) await vault.forget(id)
      else if (id !== ENVIRONMENT_ACCOUNT) await accounts.forget(id)
    },

    connect({ account: id, droplet, balancer, members }, asker) {
      const choice: PoolChoice = {
        provider: 'digitalocean',
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

/** Why an access is not taken; null: it can do everything. */
function refusalOf(report: TokenReport): Extract<LinkOutcome, { ok: false }> | null {
  const locked = report.account?.status === 'locked'
  if (report.accepted && report.missing.length === 0 && report.unknown.length === 0 && !locked) return null
  return { ok: false, words: report.words, missing: report.accepted && !locked ? report.missing : [] }
}

function nameOf({ account }: TokenReport): string {
  if (account === null) return 'a DigitalOcean account'
  return account.team === null ? account.email : `${account.team} (${account.email})`
}
