import { createHash, randomBytes } from 'node:crypto'
import type { World } from './world.ts'
import type { OAuthApplication } from './options.ts'
import type { TokenRecord } from './records.ts'
import { addToken, authenticate } from './tokens.ts'

const CODE_LIFE_MS = 10 * 60_000

export interface CodeGrant {
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** S256; null when the application used none. */
  readonly challenge: string | null
}

export interface Codes {
  issue(grant: CodeGrant): string
  /** Once, within ten minutes, with the verifier of its challenge; null otherwise. */
  redeem(code: string, verifier: string | undefined): CodeGrant | null
}

function createCodes(world: World): Codes {
  const codes = new Map<string, CodeGrant & { readonly expiresAt: number }>()
  return {
    issue(grant) {
      const code = randomBytes(32).toString('hex')
      codes.set(code, { ...grant, expiresAt: world.now() + CODE_LIFE_MS })
      return code
    },
    redeem(code, verifier) {
      const grant = codes.get(code)
      codes.delete(code)
      if (!grant || grant.expiresAt <= world.now()) return null
      if (grant.challenge === null) return grant
      const proof = createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url')
      return proof === grant.challenge ? grant : null
    },
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one)
}

/** The page that asks the person; its form sends the same fields back with `decision`. */
function consentPage(application: string, fields: Readonly<Record<string, string>>): string {
  const hidden = Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('')
  return `<!doctype html><title>Authorize application</title><h1>${escaped(application)} asks for access</h1>
<p>Scopes: <code>${escaped(fields['scope'] ?? 'read')}</code></p>
<form method="post" action="/v1/oauth/authorize">${hidden}
<button name="decision" value="approve">Authorize application</button>
<button name="decision" value="deny">Deny</button></form>`
}

function errorPage(message: string): string {
  return `<!doctype html><title>An error has occurred</title><h1>An error has occurred</h1><p>${escaped(message)}</p>`
}

const THIRTY_DAYS_SECONDS = 2_592_000
const scopePattern = /^(read|write|[a-z0-9_]+:[a-z_]+)$/

export interface OAuthRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  /** Query and body together, as the real service takes either. */
  readonly fields: Readonly<Record<string, string>>
}

export interface OAuthReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text is HTML, the rest JSON. */
  readonly body?: unknown
}

function refusal(status: number, error: string, description: string): OAuthReply {
  return { status, body: { error, error_description: description } }
}

const invalidGrant = refusal(
  400,
  'invalid_grant',
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
)
const invalidClient = refusal(
  401,
  'invalid_client',
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.',
)

/** The authorisation server under `/v1/oauth`. */
export function createOAuth(world: World): (request: OAuthRequest) => OAuthReply {
  const codes = createCodes(world)
  const applications = new Map((world.options.applications ?? []).map((one) => [one.clientId, one]))

  function authorize({ method, fields }: OAuthRequest): OAuthReply {
    const application = applications.get(fields['client_id'] ?? '')
    const redirectUri = fields['redirect_uri'] ?? ''
    if (!application) return { status: 401, body: errorPage('Client authentication failed due to unknown client.') }
    if (!application.redirectUris.includes(redirectUri)) {
      return { status: 400, body: errorPage('The redirect uri included is not valid.') }
    }
    const back = (answer: Record<string, string>): OAuthReply => {
      const url = new URL(redirectUri)
      for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
      if (fields['state'] !== undefined) url.searchParams.set('state', fields['state'])
      return { status: 302, headers: { location: url.href } }
    }
    const scopes = (fields['scope'] ?? 'read').split(/[\s+]+/).filter((scope) => scope !== '')
    if (!scopes.every((scope) => scopePattern.test(scope))) {
      return { status: 400, body: errorPage('The requested scope is invalid, unknown, or malformed.') }
    }
    if (fields['response_type'] !== 'code') return back({ error: 'unsupported_response_type' })
    const challenge = fields['code_challenge'] ?? null
    const method256 = fields['code_challenge_method'] === 'S256'
    if (challenge === null ? application.clientSecret === null : !method256) {
      return back({ error: 'invalid_request', error_description: 'A code challenge with method S256 is required.' })
    }
    const consent = world.options.consent ?? 'page'
    const decision = method === 'POST' ? fields['decision'] : consent === 'page' ? null : consent
    if (decision === null) {
      return { status: 200, body: consentPage(application.name ?? application.clientId, fields) }
    }
    if (decision !== 'approve') {
      const description = 'The resource owner or authorization server denied the request.'
      return back({ error: 'access_denied', error_description: description })
    }
    return back({ code: codes.issue({ clientId: application.clientId, redirectUri, scopes, challenge }) })
  }

  function client({ fields, authorization }: OAuthRequest): OAuthApplication | null {
    const basic = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1]
    const [basicId, basicSecret] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString().split(':')
    const application = applications.get(basicId ?? fields['client_id'] ?? '')
    if (!application) return null
    const secret = basicSecret ?? fields['client_secret'] ?? null
    return application.clientSecret === null || application.clientSecret === secret ? application : null
  }

  function grantToken(clientId: string, scopes: readonly string[]): OAuthReply {
    const lifeSeconds = world.options.tokenLifeSeconds ?? THIRTY_DAYS_SECONDS
    const expiresAt = world.now() + lifeSeconds * 1000
    const token = addToken(world, { name: `oauth:${clientId}`, scopes, clientId, expiresAt })
    const { uuid, email } = world.account
    const info = { name: 'Ops', email, uuid, team_uuid: uuid, team_name: 'My Team' }
    return {
      status: 200,
      body: {
        access_token: token.value,
        token_type: 'bearer',
        expires_in: lifeSeconds,
        refresh_token: token.refreshToken,
        scope: scopes.join(' '),
        info,
      },
    }
  }

  function token(request: OAuthRequest, grantType: string | undefined): OAuthReply {
    const application = client(request)
    if (!application) return invalidClient
    const { fields } = request
    if (grantType === 'authorization_code') {
      const grant = codes.redeem(fields['code'] ?? '', fields['code_verifier'])
      if (grant?.clientId !== application.clientId || grant.redirectUri !== fields['redirect_uri']) return invalidGrant
      return grantToken(application.clientId, grant.scopes)
    }
    if (grantType === 'refresh_token') {
      const old = byRefresh(fields['refresh_token'])
      if (!old || old.revoked || old.clientId !== application.clientId) return invalidGrant
      old.revoked = true
      return grantToken(application.clientId, old.scopes)
    }
    return refusal(400, 'unsupported_grant_type', 'The authorization grant type is not supported.')
  }

  function byRefresh(text: string | undefined): TokenRecord | undefined {
    return text === undefined ? undefined : [...world.tokens.values()].find((one) => one.refreshToken === text)
  }

  function revoke(request: OAuthRequest): OAuthReply {
    const wanted = request.fields['token']
    const held = wanted === undefined ? undefined : (world.tokens.get(wanted) ?? byRefresh(wanted))
    const mayBearer = held !== undefined && request.authorization === `Bearer ${held.value}`
    const mayClient = held?.clientId !== undefined && client(request)?.clientId === held?.clientId
    // Whether a token is known is nobody's business (RFC 7009).
    if (held && !mayBearer && !mayClient) return invalidClient
    if (held) held.revoked = true
    return { status: 200, body: {} }
  }

  function info({ authorization }: OAuthRequest): OAuthReply {
    const held = authenticate(world, authorization)
    if (!held) return refusal(401, 'invalid_request', 'The access token is invalid, expired or was revoked')
    const left = held.expiresAt === null ? null : Math.round((held.expiresAt - world.now()) / 1000)
    return {
      status: 200,
      body: {
        resource_owner_id: 258_992,
        scopes: held.scopes,
        expires_in_seconds: left,
        application: { uid: held.clientId },
        created_at: Math.floor(held.createdAt / 1000),
      },
    }
  }

  return (request) => {
    const route = `${request.method} ${request.path.replace('/v1/oauth', '')}`
    switch (route) {
      case 'GET /authorize':
      case 'POST /authorize':
        return authorize(request)
      case 'POST /token':
        return token(request, request.fields['grant_type'])
      case 'POST /refresh':
        return token(request, 'refresh_token')
      case 'POST /revoke':
        return revoke(request)
      case 'GET /token/info':
        return info(request)
      default:
        return { status: 404, body: errorPage('The page you were looking for does not exist.') }
    }
  }
}
