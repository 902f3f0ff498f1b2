import type { FastifyRequest } from 'fastify'
import { createRate } from '../../core/ingest/clock-error.ts'
import { sourceOf } from '../../core/model/address.ts'
import { actorOf, isExpired, type ApiToken, type Scope } from '../../core/model/api-token.ts'
import { SpinupError } from '../../core/model/error.ts'
import type { Asker } from '../../core/model/platforms.ts'
import type { ApiTokens } from '../../store/api-tokens.ts'

/** Who calls the API: a program with a token, or somebody at the console, who may do everything there. */
export interface Caller {
  /** Tells callers apart. */
  readonly id: string
  readonly asker: Asker
  /** What it may do. */
  readonly can: readonly Scope[] | 'all'
  /** Whether it may see that pool of its team. */
  reaches(poolId: string): boolean
}

/** Decides who may call: every route of the API stands behind it. */
export interface ApiGuard {
  /**
   * A hook (`onRequest`) of routes: an answer of 401, 403 or 429 unless a token with this scope (null: any) or a sign-in to
   * the console comes with the request.
   */
  requires(scope: Scope | null): (request: FastifyRequest) => Promise<void>
  /** Who it is, after the hook. */
  callerOf(request: FastifyRequest): Caller
  /** Throws `unauthorised` (403) where the caller may not. */
  check(caller: Caller, scope: Scope | null): void
}

/** Nobody known: HTTP's 401, as `unauthorised` is its 403. */
export class Unknown extends SpinupError {
  readonly statusCode = 401
  constructor(message: string) {
    super('unauthorised', message)
  }
}

/** Calls of one token: so many at once, then five a second. */
const CALLS = { burst: 120, perSecond: 5 }
/** Tokens that are none, of one address. */
const JUNK = { burst: 20, perSecond: 0.2 }

/**
 * `atConsole`: who is signed in there, by its own rules; null: nobody. `now`: epoch ms; `elapsed`: ms of a clock that nobody
 * sets. A token proves itself, and no browser adds it on its own, so the console's rules about hosts do not apply to it.
 */
export function createApiGuard(options: {
  readonly tokens: Pick<ApiTokens, 'find'> | null
  readonly atConsole: (request: FastifyRequest) => Promise<Asker | null>
  readonly now: () => number
  readonly elapsed?: () => number
}): ApiGuard {
  const { tokens, atConsole, now, elapsed = () => performance.now() } = options
  const callers = new WeakMap<FastifyRequest, Caller>()
  const calls = createRate(CALLS)
  const junk = createRate(JUNK)

  const byToken = async (given: string, address: string): Promise<Caller> => {
    const token = (await tokens?.find(given, now())) ?? null
    if (token === null) {
      const waitMs = junk.take(sourceOf(address), elapsed())
      if (waitMs !== null) throw tooMany('Too many wrong tokens', waitMs)
      throw new Unknown('That token is not known: it was revoked, or is not whole.')
    }
    if (isExpired(token, now())) {
      throw new Unknown(`The token ${token.name} has expired. Make another: /spinup token new.`)
    }
    const waitMs = calls.take(JSON.stringify([token.tenant, token.name]), elapsed())
    if (waitMs !== null) throw tooMany('Too many calls', waitMs)
    return callerBy(token)
  }

  const check = ({ can, asker }: Caller, scope: Scope | null): void => {
    if (scope === null || can === 'all' || can.includes(scope)) return
    const message = `The ${asker.actor.name} does not have the scope ${scope}: it has ${can.join(', ')}. Make one that has: /spinup token new NAME can=${scope}.`
    throw new SpinupError('unauthorised', message)
  }

  return {
    requires: (scope) => async (request) => {
      const given = /^bearer +(spt_\S*)$/i.exec(request.headers.authorization ?? '')?.[1]
      const caller = given === undefined ? byConsole(await atConsole(request)) : await byToken(given, request.ip)
      if (caller === null) {
        throw new Unknown('Send a token: the header authorization: Bearer spt_…. One is made by /spinup token new.')
      }
      check(caller, scope)
      callers.set(request, caller)
    },
    callerOf(request) {
      const caller = callers.get(request)
      if (caller === undefined) throw new TypeError('a route of the API without its guard')
      return caller
    },
    check,
  }
}

function callerBy(token: ApiToken): Caller {
  const { name, tenant, can, pools } = token
  return {
    id: JSON.stringify([tenant, name, token.createdAt]),
    asker: { actor: actorOf(token), place: { platform: 'token', channel: name, tenant }, roles: [], token: true },
    can,
    reaches: (poolId) => pools.length === 0 || pools.includes(poolId),
  }
}

function byConsole(asker: Asker | null): Caller | null {
  return asker === null ? null : { id: asker.actor.id, asker, can: 'all', reaches: () => true }
}

function tooMany(what: string, waitMs: number): SpinupError {
  return new SpinupError('limited', `${what}: try again in ${Math.ceil(waitMs / 1000)} s.`, { retryAfterMs: waitMs })
}
