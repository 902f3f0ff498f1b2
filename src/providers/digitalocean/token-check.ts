import { z } from 'zod'
import type { ScopeNeed } from '../../core/model/droplet.ts'
import type { AccountReport } from '../cloud.ts'
import { accountSchema, nothingSchema } from './answers.ts'
import { createEdge, type Ask, type Edge, type EdgeOptions } from './edge.ts'
import { reads, writes, type Probe } from './token-probes.ts'
import { NEEDED_SCOPES } from './scopes.ts'

export interface TokenReport extends AccountReport {
  /** null: the token may not see it. */
  readonly account: TokenAccount | null
  readonly granted: readonly string[]
  /** Only shows when it is used; if it is missing, that error names it. */
  readonly unproven: readonly ScopeNeed[]
}

export interface TokenAccount {
  readonly email: string
  readonly team: string | null
  readonly dropletLimit: number
  /** `active`, `warning` or `locked`. */
  readonly status: string
}

/**
 * Finds out what a token can do before it is kept. Nothing is changed: see the probes. What even those cannot show, the
 * OAuth server at `oauthUrl` is asked for. Throws only what `token` and `limiter` throw, or that the bot is stopping.
 */
export async function checkToken(
  options: EdgeOptions & { readonly oauthUrl?: string | undefined },
): Promise<TokenReport> {
  const edge = createEdge(options)
  const outcome = await edge.attempt(askOf({ scopes: ['account:read'], send: (client) => client.account.getAccount() }))
  if (!outcome.ok && outcome.refusal.kind === 'unauthorised') return rejected()

  const states = new Map<string, State>([['account:read', stateOf(outcome)]])
  // One after the other: thirty at once would look like an attack.
  for (const probe of [...reads(), ...writes()]) {
    const asked = stateOf(await edge.attempt(askOf(probe)))
    // A refusal then says nothing of the scope that this probe is about.
    const hidden = asked === 'missing' && probe.behind !== undefined && states.get(probe.behind) === 'missing'
    const state = hidden ? 'unknown' : asked === 'granted' && probe.unproven === true ? 'unproven' : asked
    for (const scope of probe.scopes) states.set(scope, worse(states.get(scope), state))
  }
  if (options.oauthUrl !== undefined) await complete(states, options.oauthUrl, await options.token())
  const having = (state: State): readonly ScopeNeed[] =>
    NEEDED_SCOPES.filter(({ scope }) => (states.get(scope) ?? 'unknown') === state)
  const missing = having('missing')
  const unknown = having('unknown')
  const unproven = having('unproven')
  const account = outcome.ok ? accountOf(outcome.value) : null
  return {
    accepted: true,
    locked: account?.status === 'locked',
    name: account === null ? null : account.team === null ? account.email : `${account.team} (${account.email})`,
    about: account === null ? null : `up to ${account.dropletLimit} droplets`,
    account,
    granted: having('granted').map(({ scope }) => scope),
    missing,
    unknown,
    unproven,
    words: wordsOf(account, missing, unknown, unproven),
  }
}

type State = 'granted' | 'missing' | 'unknown' | 'unproven'

async function complete(states: Map<string, State>, oauthUrl: string, token: string): Promise<void> {
  const scopes = await tokenScopes(oauthUrl, token)
  if (scopes === null) return
  for (const [scope, state] of states) {
    if (state === 'unknown' || state === 'unproven') states.set(scope, covers(scopes, scope) ? 'granted' : 'missing')
  }
}

const PAST_SCOPES: ReadonlySet<string> = new Set(['absent', 'invalid', 'busy', 'soldOut', 'limit', 'quota'])

function stateOf(outcome: Awaited<ReturnType<Edge['attempt']>>): State {
  if (outcome.ok) return 'granted'
  if (outcome.refusal.kind === 'forbidden') return 'missing'
  // Past the check of scopes, and stopped by what it names.
  return PAST_SCOPES.has(outcome.refusal.kind) ? 'granted' : 'unknown'
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

function accountOf(answer: unknown): TokenAccount | null {
  const parsed = z.object({ account: accountSchema }).safeParse(answer)
  if (!parsed.success) return null
  const { email, team, droplet_limit, status } = parsed.data.account
  return { email, team: team?.name ?? null, dropletLimit: droplet_limit, status }
}

function rejected(): TokenReport {
  return {
    accepted: false,
    locked: false,
    name: null,
    about: null,
    account: null,
    granted: [],
    missing: NEEDED_SCOPES,
    unknown: [],
    unproven: [],
    words: 'DigitalOcean does not accept this token. Make a new one and link the account again.',
  }
}

function wordsOf(
  account: TokenAccount | null,
  missing: readonly ScopeNeed[],
  unknown: readonly ScopeNeed[],
  unproven: readonly ScopeNeed[],
): string {
  if (account?.status === 'locked') {
    return `DigitalOcean has locked the account ${account.email}; sort that out with them first.`
  }
  const listed = (scopes: readonly ScopeNeed[]): string =>
    scopes.map(({ scope, why }) => `${scope} (to ${why})`).join(', ')
  if (missing.length > 0) {
    const count = missing.length === 1 ? 'one scope' : `${missing.length} scopes`
    return `The token lacks ${count}: ${listed(missing)}. Add them in DigitalOcean’s control panel and link the account again.`
  }
  if (unknown.length > 0) {
    return `The token works, but DigitalOcean did not let us check ${listed(unknown)}. Try again in a minute.`
  }
  if (unproven.length > 0) {
    return `As far as can be checked, the token can do what Spinup needs; ${listed(unproven)} shows when it is used.`
  }
  return 'The token can do all that Spinup needs.'
}

const DEADLINE_MS = 10_000

const infoSchema = z.object({
  scopes: z.union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))]),
})

/**
 * What DigitalOcean's OAuth server says a token may do; null when it does not say. Never throws: it only adds to what
 * asking the API shows.
 */
export async function tokenScopes(oauthUrl: string, token: string): Promise<readonly string[] | null> {
  try {
    const response = await fetch(`${oauthUrl}/token/info`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    const body: unknown = await response.json()
    const answer = response.ok ? infoSchema.safeParse(body) : null
    return answer?.success === true && answer.data.scopes.length > 0 ? answer.data.scopes : null
  } catch {
    return null
  }
}

/** Whether the scopes of a token cover this one; `read` and `write` are the old ones that cover everything. */
export function covers(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || scopes.includes('write') || (scope.endsWith(':read') && scopes.includes('read'))
}
