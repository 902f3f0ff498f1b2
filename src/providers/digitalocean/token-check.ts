import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { accountSchema, nothingSchema } from './answers.ts'
import type { Client } from './client.ts'
import { createEdge, type Ask, type Edge, type EdgeOptions } from './edge.ts'
import { NEEDED_SCOPES, type NeededScope } from './scopes.ts'

export interface TokenReport {
  /** false: DigitalOcean does not know the token (any more); nothing else was asked then. */
  readonly accepted: boolean
  /** null: the token may not see it. */
  readonly account: TokenAccount | null
  readonly granted: readonly string[]
  readonly missing: readonly NeededScope[]
  /** Could not be told, e.g. because a call failed. */
  readonly unknown: readonly NeededScope[]
  /** One or two sentences for people: what the token lacks and what to do, or that it is fine. */
  readonly words: string
}

export interface TokenAccount {
  readonly email: string
  readonly team: string | null
  readonly dropletLimit: number
  /** `active`, `warning` or `locked`. */
  readonly status: string
}

interface Probe {
  readonly scopes: readonly string[]
  /** It needs this one as well, which has been asked for before. */
  readonly behind?: string
  send(client: Client): Promise<{ readonly data: unknown }>
}

/**
 * Finds out what a token can do before it is kept. Reads are tried as they are. Whether it may write is asked with
 * requests that cannot change anything, since what they name does not exist: random tags and ids, an impossible size.
 * Throws only what `EdgeOptions.token` throws.
 */
export async function checkToken(options: EdgeOptions): Promise<TokenReport> {
  const edge = createEdge(options)
  const outcome = await edge.attempt(askOf({ scopes: ['account:read'], send: (client) => client.account.getAccount() }))
  if (!outcome.ok && outcome.refusal.kind === 'unauthorised') return rejected()

  const states = new Map<string, State>([['account:read', stateOf(outcome)]])
  // One after the other: thirty at once would look like an attack.
  for (const probe of [...reads(), ...writes()]) {
    const asked = stateOf(await edge.attempt(askOf(probe)))
    // A refusal then says nothing of the scope that this probe is about.
    const hidden = asked === 'missing' && probe.behind !== undefined && states.get(probe.behind) === 'missing'
    const state = hidden ? 'unknown' : asked
    for (const scope of probe.scopes) states.set(scope, worse(states.get(scope), state))
  }
  const having = (state: State): readonly NeededScope[] =>
    NEEDED_SCOPES.filter(({ scope }) => (states.get(scope) ?? 'unknown') === state)
  const missing = having('missing')
  const unknown = having('unknown')
  const account = outcome.ok ? accountOf(outcome.value) : null
  return {
    accepted: true,
    account,
    granted: having('granted').map(({ scope }) => scope),
    missing,
    unknown,
    words: wordsOf(account, missing, unknown),
  }
}

type State = 'granted' | 'missing' | 'unknown'

function stateOf(outcome: Awaited<ReturnType<Edge['attempt']>>): State {
  if (outcome.ok) return 'granted'
  if (outcome.refusal.kind === 'forbidden') return 'missing'
  // Past the check of scopes, and stopped by what it names.
  return ['absent', 'invalid', 'busy'].includes(outcome.refusal.kind) ? 'granted' : 'unknown'
}

/** A scope is only had when every call that needs it went through. */
function worse(known: State | undefined, state: State): State {
  if (known === 'missing' || state === 'missing') return 'missing'
  return known === 'unknown' ? 'unknown' : state
}

function askOf(probe: Probe): Ask<unknown> {
  return {
    what: `check the scope ${probe.scopes.join(' and ')}`,
    scope: probe.scopes.join(' and '),
    repeatable: true,
    answer: nothingSchema,
    send: (client) => probe.send(client),
  }
}

function reads(): readonly Probe[] {
  const page = { page: 1, per_page: 1 }
  return [
    { scopes: ['actions:read'], send: (client) => client.action.listActions(page) },
    { scopes: ['regions:read'], send: (client) => client.region.listRegions(page) },
    { scopes: ['sizes:read'], send: (client) => client.size.listSizes(page) },
    { scopes: ['droplet:read'], send: (client) => client.droplet.listDroplets(page) },
    { scopes: ['image:read'], send: (client) => client.image.listImages(page) },
    { scopes: ['snapshot:read'], send: (client) => client.snapshot.listSnapshots(page) },
    { scopes: ['tag:read'], send: (client) => client.tag.listTags(page) },
    { scopes: ['ssh_key:read'], send: (client) => client.sshKey.listSshKeys(page) },
    { scopes: ['vpc:read'], send: (client) => client.vpc.listVpcs(page) },
    { scopes: ['firewall:read'], send: (client) => client.firewall.listFirewalls(page) },
    { scopes: ['load_balancer:read'], send: (client) => client.loadBalancer.listLoadBalancers(page) },
    { scopes: ['project:read'], send: (client) => client.project.listProjects(page) },
  ]
}

/** DigitalOcean's first droplet was deleted long before there was an API; nobody has this id. */
const NO_DROPLET = 1

function writes(): readonly Probe[] {
  const nobody = randomUUID()
  const noTag = `spinup-probe-${nobody}`
  return [
    {
      scopes: ['droplet:create'],
      send: (client) =>
        client.droplet.createDroplet({ name: noTag, region: 'nyc3', size: noTag, image: noTag, tags: [] }),
    },
    { scopes: ['droplet:update'], send: (client) => client.droplet.powerOnDroplet({ droplet_id: NO_DROPLET }) },
    { scopes: ['droplet:delete'], send: (client) => client.droplet.deleteDropletsByTag({ tag_name: noTag }) },
    {
      scopes: ['tag:create'],
      send: (client) =>
        client.tag.tagResources({
          tag_name: noTag,
          resources: [{ resource_id: String(NO_DROPLET), resource_type: 'droplet' }],
        }),
    },
    {
      scopes: ['firewall:update'],
      send: (client) => client.firewall.addDropletsToFirewall({ firewall_id: nobody, droplet_ids: [NO_DROPLET] }),
    },
    {
      scopes: ['load_balancer:update'],
      send: (client) =>
        client.loadBalancer.addDropletsToLoadBalancer({ load_balancer_id: nobody, droplet_ids: [NO_DROPLET] }),
    },
    {
      scopes: ['project:assign_resource'],
      send: (client) =>
        client.project.assignResourcesToProject({ project_id: nobody, resources: [`do:droplet:${NO_DROPLET}`] }),
    },
    {
      scopes: ['image:create'],
      behind: 'droplet:update',
      send: (client) => client.droplet.snapshotDroplet({ droplet_id: NO_DROPLET, name: noTag }),
    },
    {
      scopes: ['image:delete', 'snapshot:delete'],
      send: (client) => client.snapshot.deleteSnapshot({ snapshot_id: nobody }),
    },
  ]
}

function accountOf(answer: unknown): TokenAccount | null {
  const parsed = z.object({ account: accountSchema }).safeParse(answer)
  if (!parsed.success) return null
  const { email, team, droplet_limit, status } = parsed.data.account
  return { email, team: team?.name ?? null, dropletLimit: droplet_limit, status }
}

function rejected(): TokenReport {
  return {
    accepted: false,
    account: null,
    granted: [],
    missing: NEEDED_SCOPES,
    unknown: [],
    words: 'DigitalOcean does not accept this token. Make a new one and link the account again.',
  }
}

function wordsOf(
  account: TokenAccount | null,
  missing: readonly NeededScope[],
  unknown: readonly NeededScope[],
): string {
  if (account?.status === 'locked') {
    return `DigitalOcean has locked the account ${account.email}; sort that out with them first.`
  }
  const listed = (scopes: readonly NeededScope[]): string =>
    scopes.map(({ scope, why }) => `${scope} (to ${why})`).join(', ')
  if (missing.length > 0) {
    const count = missing.length === 1 ? 'one scope' : `${missing.length} scopes`
    return `The token lacks ${count}: ${listed(missing)}. Add them in DigitalOcean’s control panel and link the account again.`
  }
  if (unknown.length > 0) {
    return `The token works, but DigitalOcean did not let us check ${listed(unknown)}. Try again in a minute.`
  }
  return 'The token can do all that Spinup needs.'
}
