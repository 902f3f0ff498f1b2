import { answer, isDone } from '../core/model/answer.ts'
import { SCOPES, isExpired, type ApiToken } from '../core/model/api-token.ts'
import { ago } from '../core/model/card-words.ts'
import { SpinupError } from '../core/model/error.ts'
import type { Pool } from '../core/model/pool.ts'
import { timeOfDay, timeZoneOf } from '../core/model/time-zone.ts'
import type { Field, View } from '../core/model/view.ts'
import { listed } from '../core/cards/words.ts'
import { guardChange } from '../core/pool/approvers.ts'
import { answerAsked, reopenAsked } from '../core/pool/asked.ts'
import { noSuchPool, poolCalled } from '../core/pool/unmanaged.ts'
import type { PoolState } from '../core/pool/state.ts'
import type { Command, Here } from './command.ts'
import { EXAMPLE, readToken, STEPS, tokenWords, type TokenChoice } from './grammar/token.ts'

export const command: Command<{ readonly kind: 'token'; readonly choice: TokenChoice }> = {
  name: 'token',
  task: 'setup',
  aliases: 'tokens, api token, api tokens, api key, api keys',
  phrases: { 'revoke *': 'revoke token *, revoke *', 'new *': 'new token *, create token *' },
  asks: { '': 'api key, api token, which tokens, what tokens, which token, who token' },
  summary: 'what programs may do by the API: make a token for one, see them, revoke one',
  usage: 'token [new NAME can=SCOPE,… [POOL …] [for DURATION] | revoke NAME]',
  example: EXAMPLE,
  parse: (words) => ({ kind: 'token', choice: readToken(words) }),
  options: [
    { name: 'step', summary: 'Leave it out to see the tokens there are', kind: 'text', choices: STEPS },
    { name: 'name', summary: 'What the token is called, such as deploy', kind: 'text' },
    {
      name: 'can',
      summary: `What a new one may do, with commas between: ${SCOPES.join(', ')}`,
      kind: 'text',
      offers: () => SCOPES,
      words: (value) => `can=${value.replaceAll(/\s*,\s*|\s+/g, ',')}`,
    },
    {
      name: 'pools',
      summary: 'Which pools a new one is for; leave it out for all',
      kind: 'text',
      offers: ({ pools }) => pools,
    },
    {
      name: 'time',
      summary: 'How long a new one works, such as 90d; leave it out for no end',
      kind: 'text',
      offers: () => ['30d', '90d', '365d'],
      words: (value) => `for ${value.replace(/^for\s+/i, '')}`,
    },
  ],
  group: 'fleet',
  next: (words, { pools }) => {
    if (words.length === 0) return STEPS
    if (words[0] !== 'new') return []
    if (words.length === 2) return SCOPES.map((scope) => `can=${scope}`)
    return words.length < 3 ? [] : [...pools.filter((name) => !words.includes(name)), 'for']
  },
  forOne: true,
  reads: ({ choice }) => choice.kind === 'list',
  needs: 'nothing',
  isOf: ({ choice }, { asked }) =>
    (choice.kind === 'allow' || choice.kind === 'refuse') && asked.some(({ id }) => id === choice.id),
  audit: { words: ({ choice }) => tokenWords(choice), beside: isDone },
  run: (here, { choice }) => {
    switch (choice.kind) {
      case 'list':
        return list(here)
      case 'new':
        return order(here, choice)
      case 'revoke':
        return revoke(here, choice.name)
      case 'allow':
      case 'refuse':
        return decide(here, choice)
    }
  },
}

async function list({ services, asker, pools, timeZone }: Here): Promise<readonly View[]> {
  const tokens = await services.tokens.of(asker.place.tenant)
  const [now, zone] = [services.now(), timeZoneOf(await timeZone())]
  if (tokens.length === 0) {
    return [answer('info', 'No program has a token', `One for your CI that may refresh, and nothing else: ${EXAMPLE}.`)]
  }
  const line = (token: ApiToken): Field => {
    const { name, can, expiresAt, usedAt, by } = token
    const end =
      expiresAt === null ? '' : `, ${isExpired(token, now) ? 'expired' : 'until'} ${timeOfDay(expiresAt, now, zone)}`
    const used = usedAt === null ? 'never used' : `used ${ago(usedAt, now)}`
    return { name, value: `${can.join(', ')} · ${reachOf(token, pools)} · by ${by.name}, ${used}${end}` }
  }
  const actions = tokens.slice(0, MOST_BUTTONS).map(({ name }) => ({
    action: `run:/spinup token revoke ${name}`,
    label: `Revoke ${name}`,
    style: 'danger' as const,
    more: true as const,
  }))
  return [answer('info', 'What programs may do here', 'Each has a token for the API.', actions, tokens.map(line))]
}

const MOST_BUTTONS = 5

function reachOf({ pools: ids }: Pick<ApiToken, 'pools'>, pools: readonly PoolState[]): string {
  if (ids.length === 0) return 'all pools'
  const names = pools.filter(({ pool }) => ids.includes(pool.id)).map(({ pool }) => pool.name)
  return names.length === 0 ? 'no pool any more' : listed(names)
}

/** Gives a one-time link: the token is made, and seen, where that is opened. It never travels through a chat. */
async function order(
  { services, asker, pools }: Here,
  { name, can, pools: named, forMs }: Extract<TokenChoice, { kind: 'new' }>,
): Promise<readonly View[]> {
  const reached = named.map((word) => poolNamed(pools, word))
  guardAll(reached.length === 0 ? pools : pools.filter(({ pool }) => reached.includes(pool)), asker)
  const { tenant } = asker.place
  const ids = reached.map(({ id }) => id)
  const link = await services.tokens.order({ name, tenant, can, pools: ids, by: asker.actor, forMs }, asker)
  const reach = reachOf({ pools: ids }, pools)
  const text = `It may ${listed(can)}, on ${reach}. Open this within 15 minutes; the token is made and shown there, once: ${services.publicUrl}/token?link=${link}`
  return [{ ...answer('good', `A token for ${name}`, text), private: true }]
}

/** What a token reaches is guarded as if each of it were changed. */
function guardAll(pools: readonly PoolState[], asker: Here['asker']): void {
  for (const one of pools) guardChange(one, { access: 'change', settings: {} }, asker)
}

function poolNamed(pools: readonly PoolState[], word: string): Pool {
  const all = pools.map(({ pool }) => pool)
  const found = poolCalled(all, word)
  if (found !== null) return found
  throw noSuchPool(
    word,
    all.map((pool) => pool.name),
  )
}

async function revoke({ services, asker, pools }: Here, name: string): Promise<readonly View[]> {
  const { tenant } = asker.place
  const tokens = await services.tokens.of(tenant)
  const token = tokens.find((one) => one.name === name)
  if (token === undefined) {
    const known = tokens.map((one) => one.name)
    const there = known.length === 0 ? 'There is none.' : `There are: ${listed(known)}.`
    throw new SpinupError('notFound', `There is no token called ${name}. ${there} Nothing was changed.`)
  }
  guardAll(token.pools.length === 0 ? pools : pools.filter(({ pool }) => token.pools.includes(pool.id)), asker)
  await services.tokens.revoke(tenant, name)
  return [answer('good', `The token ${name} is revoked`, 'The program that has it is refused from now on.')]
}

/** What could not be done although it was allowed waits again. */
async function decide(
  { change, carryOut, actor }: Here,
  { kind, id }: Extract<TokenChoice, { kind: 'allow' | 'refuse' }>,
): Promise<readonly View[]> {
  let request: unknown = null
  await change((session) => {
    ;({ request } = answerAsked(session, id, kind === 'allow' ? 'allowed' : 'refused', actor))
    return []
  })
  if (kind === 'refuse') return []
  try {
    return await carryOut(request)
  } catch (error) {
    await change((session) => {
      reopenAsked(session, id)
      return []
    })
    throw error
  }
}
