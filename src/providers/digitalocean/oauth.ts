import { z } from 'zod'
import { SpinupError } from '../../core/model/error.ts'
import type { Grant, Login } from '../cloud.ts'
import { scrub } from './refusal.ts'
import { OAUTH_SCOPES } from './scopes.ts'
import { clip } from '../../core/model/letters.ts'

export interface OAuthOptions {
  readonly clientId: string
  /** null: a public client, secured by PKCE alone. */
  readonly clientSecret: string | null
  /** e.g. `https://cloud.digitalocean.com/v1/oauth`. */
  readonly oauthUrl: string
  readonly redirectUri: string
  readonly scopes?: readonly string[]
  /** Epoch ms. */
  readonly now?: () => number
  readonly deadlineMs?: number
}

const DEADLINE_MS = 15_000
const USUAL_LIFE_SECONDS = 30 * 24 * 3600

const grantSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.number().positive().catch(USUAL_LIFE_SECONDS),
  scope: z.string().catch(''),
  info: z.object({ name: z.string().nullish(), email: z.string().nullish() }).nullish().catch(null),
})

const refusalSchema = z
  .object({ error: z.string().catch(''), error_description: z.string().catch('') })
  .catch({ error: '', error_description: '' })

/**
 * DigitalOcean's authorization code flow with PKCE. Errors are `SpinupError`: `unauthorised` when the code or token is
 * not (or no longer) accepted, `providerFailed` otherwise; none holds a code, a token or the client's secret.
 */
export function createOAuth(options: OAuthOptions): Login {
  const now = options.now ?? Date.now
  const client: Readonly<Record<string, string>> = {
    client_id: options.clientId,
    ...(options.clientSecret === null ? {} : { client_secret: options.clientSecret }),
  }

  async function post(path: string, form: Readonly<Record<string, string>>, bearer?: string): Promise<Reply> {
    const deadlineMs = options.deadlineMs ?? DEADLINE_MS
    try {
      const response = await fetch(`${options.oauthUrl}${path}`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        // In the body, where no proxy's log shows it.
        body: new URLSearchParams(form),
        redirect: 'error',
        signal: AbortSignal.timeout(deadlineMs),
      })
      const text = await response.text()
      return { status: response.status, body: json(text) }
    } catch {
      // The cause is left out: it may hold the request.
      throw new SpinupError('providerFailed', `DigitalOcean did not answer within ${deadlineMs / 1000} s; try again.`, {
        retryable: true,
      })
    }
  }

  async function grant(form: Readonly<Record<string, string>>, what: string): Promise<Grant> {
    const reply = await post('/token', { ...form, ...client })
    const answer = grantSchema.safeParse(reply.body)
    if (reply.status >= 300 || !answer.success)
      throw refused(reply, what, [...Object.values(form), ...Object.values(client)])
    const { access_token, refresh_token, expires_in, scope, info } = answer.data
    return {
      accessToken: access_token,
      refreshToken: refresh_token ?? null,
      expiresAt: now() + expires_in * 1000,
      scopes: scope.split(/[\s,]+/).filter(Boolean),
      account: info?.email ?? info?.name ?? null,
    }
  }

  return {
    authorizeUrl({ state, challenge }) {
      const url = new URL(`${options.oauthUrl}/authorize`)
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: options.clientId,
        redirect_uri: options.redirectUri,
        scope: (options.scopes ?? OAUTH_SCOPES).join(' '),
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }).toString()
      return url.href
    },
    exchange: ({ code, verifier }) =>
      grant(
        { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: options.redirectUri },
        'link the account',
      ),
    refresh: (refreshToken) =>
      grant({ grant_type: 'refresh_token', refresh_token: refreshToken }, 'renew its access to the account'),
    async revoke(accessToken) {
      const reply = await post('/revoke', { ...client, token: accessToken }, accessToken)
      // 401: it is worthless already.
      if (reply.status < 300 || reply.status === 401 || reply.status === 404) return
      throw refused(reply, 'revoke its access', [accessToken, ...Object.values(client)])
    },
  }
}

interface Reply {
  readonly status: number
  readonly body: unknown
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function refused(reply: Reply, what: string, secrets: readonly string[]): SpinupError {
  const { error, error_description } = refusalSchema.parse(reply.body)
  const said = clip(scrub(error_description || error, ...secrets.filter((secret) => secret.length >= 16)), 200)
  const words = said === '' ? `it answered ${reply.status}` : said
  if (error === 'invalid_client') {
    return new SpinupError(
      'configuration',
      `DigitalOcean did not ${what}: it does not know this application. Check DIGITALOCEAN_CLIENT_ID and _SECRET.`,
    )
  }
  const again = ['invalid_grant', 'access_denied'].includes(error) || reply.status === 401
  return again
    ? new SpinupError('unauthorised', `DigitalOcean did not ${what}: ${words}. Run /spinup connect for a new link.`)
    : new SpinupError('providerFailed', `DigitalOcean did not ${what}: ${words}.`, {
        retryable: reply.status >= 500 || reply.status === 429,
      })
}
